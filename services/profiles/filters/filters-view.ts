import type { Filters } from '#services/profiles/filters/filters.contract.ts';
import type { FilterDocument, RemovalDocument } from '#services/profiles/filters/filters.repository.ts';

/** Older documents were never checked. */
const ms = (value: unknown): number => (Number.isSafeInteger(value) ? (value as number) : 0);

const filtered = ({ groupId, username, usernameLower }: FilterDocument | RemovalDocument) => ({
  groupId,
  username,
  normalized: usernameLower,
});

/** A user's filters as they are answered. */
export function filtersView(
  userId: string,
  filters: readonly FilterDocument[],
  removals: readonly RemovalDocument[],
): Filters {
  const byGroup = Map.groupBy(filters, ({ groupId }) => groupId);
  return {
    userId,
    items: filters.map((one) => ({ ...filtered(one), createdAt: ms(one.createdAt), updatedAt: ms(one.updatedAt) })),
    groups: Object.fromEntries([...byGroup].map(([groupId, of]) => [groupId, of.map(({ username }) => username)])),
    removals: removals.map((one) => ({
      ...filtered(one),
      filteredAt: ms(one.filteredAt),
      removedAt: ms(one.removedAt),
    })),
  };
}
