import { ObjectId } from 'mongodb';
import { roomOf, slugOf } from '#services/groups/group-view.ts';
import type { Kind } from '#tools/adopt/kind.ts';
import { isNone, type Note, type Old, textOf } from '#tools/adopt/values.ts';

const asGroup = (document: Old) => document as Old & { _id: ObjectId | string };

/** The avatar's address, as a file where it came as a data URL. */
export function keptAvatar(value: unknown, avatarOf: (dataUrl: string) => string | null): string | null {
  if (typeof value !== 'string' || value === '') return null;
  return (/^data:/i.test(value) ? avatarOf(value) : null) ?? value;
}

export function avatarNotes(value: unknown, avatarOf: (dataUrl: string) => string | null): Note[] {
  if (typeof value !== 'string') return isNone(value) ? [] : [['avatarUrl of another type']];
  if (!/^data:/i.test(value)) return [];
  const became = avatarOf(value) !== null;
  return [[became ? 'data URLs of avatars that became files' : 'data URLs of avatars kept as they were']];
}

/**
 * Groups. Two with one id, a number and its digits, have been one room all along: the one with the text stays, and the
 * other's databaseId goes on naming the room.
 */
export const groupKind: Kind = {
  stays: 'first',
  others: 'groups whose id another one has as a text',
  read(document, { avatarOf }) {
    const group = asGroup(document);
    const typed = typeof document.id === 'string' && document.id !== '';
    const notes: Note[] = [
      ...(typed ? [] : [['id missing or of another type', slugOf(group)] as const]),
      ...(typeof document.name === 'string' ? [] : [['name missing or of another type'] as const]),
      ...(roomOf(group) === null ? [['groups whose id no room can have: shown without messages'] as const] : []),
      ...avatarNotes(document.avatarUrl, avatarOf),
    ];
    return { parts: [slugOf(group)], at: typed ? 0 : 1, notes };
  },
  write([document], [slug], { avatarOf }) {
    const { name, description, avatarUrl } = document!;
    return {
      ...document!,
      id: slug,
      name: textOf(name) ?? '',
      description: textOf(description),
      avatarUrl: keptAvatar(avatarUrl, avatarOf),
    };
  },
  aliases: (others, [slug]) =>
    others.flatMap(({ _id }) => (_id instanceof ObjectId ? [{ _id: _id.toHexString(), room: slug! }] : [])),
};
