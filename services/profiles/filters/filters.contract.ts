import type { Contract } from '#shared/contract.ts';
import { LIMITS } from '#shared/limits.ts';
import { Text, Type, type Static } from '#shared/schema.ts';

/** Filters of one user. */
export const MAX_FILTERS = 1_000;

const Filtered = {
  groupId: Type.String(),
  username: Type.String({ description: 'As sent last' }),
  normalized: Type.String({ description: 'Trimmed, in lower case' }),
};
const Ms = (description: string) => Type.Integer({ description: `Epoch ms. ${description}` });

export const FiltersShape = Type.Object(
  {
    userId: Type.String(),
    items: Type.Array(
      Type.Object({
        ...Filtered,
        createdAt: Ms('Messages since then are hidden; that of the first time it was added'),
        updatedAt: Ms('When it was added last'),
      }),
      { description: 'Oldest first' },
    ),
    groups: Type.Record(Type.String(), Type.Array(Type.String()), { description: 'The names of items, by groupId' }),
    removals: Type.Array(Type.Object({ ...Filtered, filteredAt: Ms('createdAt of the item'), removedAt: Ms('') }), {
      description: 'Of the last 45 days, newest first, at most 200',
    }),
  },
  { $id: 'MessageFilters' },
);
export type Filters = Static<typeof FiltersShape>;

const Owner = Text(LIMITS.id, { minLength: 1 });
const Room = Text(LIMITS.id, { minLength: 1, pattern: String.raw`\S`, description: 'As the client knows the room' });
const Name = Text(LIMITS.id, { minLength: 1, pattern: String.raw`\S` });
const change = {
  params: Type.Object({ userId: Owner, groupId: Room, username: Name }),
  result: FiltersShape,
};

export const filtersContract = {
  filters: { params: Type.Object({ userId: Owner }), result: FiltersShape },
  addFilter: change,
  removeFilter: change,
} satisfies Contract;
