import { plain, textOf } from '#services/profiles/dating/fields/text.ts';

export const RELATIONSHIP_FIELDS = [
  'relationshipLookingFor',
  'relationshipPreference',
  'relationshipsLookingFor',
] as const;
export type RelationshipField = (typeof RELATIONSHIP_FIELDS)[number];

/** In the order in which they are kept. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/friend/, 'New friends'],
  [/casual|romance|dating/, 'Something casual'],
  [/long term/, 'Long-term partner'],
  [/life partner|serious/, 'Life partner'],
  [/figur|not sure|unsure|undecided/, 'Still figuring it out'],
];

/** Entries of a list that are looked at, and characters of one that is not known. */
const MAX_ENTRIES = 20;
const MAX = 80;

/**
 * What somebody looks for: the known kinds in their order, then what else was written. `value`: a list, or a text with
 * commas. Null, which clears the field, when nothing is left.
 */
export function relationshipsOf(value: unknown): string[] | null {
  const entries = (typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [])
    .slice(0, MAX_ENTRIES)
    .flatMap((entry) => textOf(entry, MAX) ?? []);
  const known = new Set<string>();
  const others = new Set<string>();
  for (const entry of entries) {
    const kind = KNOWN.find(([pattern]) => pattern.test(plain(entry)))?.[1];
    if (kind === undefined) others.add(entry);
    else known.add(kind);
  }
  const ordered = KNOWN.map(([, kind]) => kind).filter((kind) => known.has(kind));
  const all = [...ordered, ...others];
  return all.length > 0 ? all : null;
}
