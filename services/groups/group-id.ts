import { looksLikeDatabaseId } from '#shared/room-id.ts';

/** The id that a group gets from its name: lowercase, each space a `-`. Not trimmed: clients make the same of it. */
export const slugFromName = (name: string): string => name.toLowerCase().replaceAll(' ', '-');

/**
 * Why no new group may have this id, or null. Such ids would be taken for something else: a DM, the databaseId of an
 * old group, or another path. Groups of older databases that have one are served all the same.
 */
export function newIdProblem(id: string): string | null {
  if (looksLikeDatabaseId(id)) return 'a group id must not look like a databaseId (24 hex digits)';
  if (looksLikeDm(id)) return 'a group id must not start with dm:, which names direct messages';
  if (id === '.' || id === '..') return 'a group id must not be . or ..';
  if (/[/\\]/.test(id)) return 'a group id must not contain / or \\';
  if (/\p{Cc}/u.test(id)) return 'a group id must not contain control characters';
  return null;
}

/** True for what a gateway takes for a DM id. */
export const looksLikeDm = (id: string): boolean => /^\s*dm:/i.test(id);
