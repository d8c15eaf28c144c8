import { LIMITS } from '#shared/limits.ts';
import { invalid } from '#shared/errors.ts';

/**
 * Canonical room ids. A room is a group (its slug) or a DM (`dm:a|b`: trimmed, lowercased, sorted). The hex
 * databaseId of an old group is an alias that only the groups service can resolve; see `looksLikeDatabaseId`.
 */

export const isDm = (room: string): boolean => room.startsWith('dm:');

/** True for an id that means a DM, in whichever form it came. */
export const namesDm = (id: string): boolean => /^\s*dm:/i.test(id);

/** True for what may be the ObjectId of a group of an older database. */
export const looksLikeDatabaseId = (id: string): boolean => /^[0-9a-f]{24}$/i.test(id);

/** `dm:a|b` of any case and order in its one form. Throws 422 unless it names two different users. */
export function canonicalDm(id: string): string {
  const [first, second, ...more] = id
    .trim()
    .slice(3)
    .split('|')
    .map((name) => name.trim().toLowerCase());
  if (!first || !second || more.length > 0 || first === second)
    throw invalid('room', 'a DM id names two different users: dm:alice|bob');
  return `dm:${[first, second].sort().join('|')}`;
}

/** The two lowercase usernames of a canonical DM id. */
export const participantsOf = (room: string): [string, string] => room.slice(3).split('|') as [string, string];

/**
 * The canonical form of a room id as it stands in a path, without resolving databaseIds.
 * Throws 422 for an empty or over-long id and for a DM id that is none.
 */
export function canonicalRoom(id: string): string {
  if (id.length === 0 || id.length > LIMITS.id) throw invalid('room', `a room id has 1 to ${LIMITS.id} characters`);
  if (!id.isWellFormed() || id.includes('\0')) throw invalid('room', 'has a character that no id may have');
  return namesDm(id) ? canonicalDm(id) : id;
}
