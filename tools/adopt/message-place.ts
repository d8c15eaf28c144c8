import { createHash } from 'node:crypto';
import { ObjectId } from 'mongodb';
import { isFault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { canonicalRoom, looksLikeDatabaseId, namesDm } from '#shared/room-id.ts';
import type { Millis } from '#shared/room-log/types.ts';
import type { OldCollection } from '#shared/own-database.ts';
import type { OldFields } from '#tools/adopt/old-fields.ts';
import { idText, isNone, millisOf, type Old, textOf } from '#tools/adopt/values.ts';

/** Which room an old message is in, when, and under which id. */

/** The slug of the group that has this databaseId (24 lowercase hex digits); undefined when none has. */
export type SlugOf = (databaseId: string) => string | undefined;

/** The room id as the older service stored it; null when there is none. */
export function rawRoomOf(collection: OldCollection, document: Old): string | null {
  const names = collection === 'dm_messages' ? ['dmId', 'roomId', 'groupId'] : ['groupId', 'roomId', 'dmId'];
  for (const name of names) {
    const value = document[name];
    const text = value instanceof ObjectId ? value.toHexString() : textOf(value);
    if (text !== null && text !== '') return text;
  }
  return null;
}

/** The canonical id of a room; null for what can be none. */
export function roomOf(raw: string, slugOf: SlugOf): string | null {
  const slug = looksLikeDatabaseId(raw) ? (slugOf(raw.toLowerCase()) ?? raw) : raw;
  try {
    return canonicalRoom(slug);
  } catch (error) {
    if (isFault(error)) return null;
    throw error;
  }
}

/** The room of a message, or why it can be in none. */
export function messageRoom(
  collection: OldCollection,
  document: Old,
  slugOf: SlugOf,
): { room: string } | { why: string } {
  const raw = rawRoomOf(collection, document);
  if (raw === null) return { why: 'message without a room' };
  if (collection === 'dm_messages' && !namesDm(raw)) return { why: 'direct message whose room names no two users' };
  const room = roomOf(raw, slugOf);
  if (room === null)
    return {
      why: namesDm(raw) ? 'direct message whose room names no two users' : 'message in a room that can be none',
    };
  return { room };
}

/** When a message was made: its createdAt, else its timestamp, else the time in its `_id`, else 1970. */
export function timeOf(document: Old, fields: Pick<OldFields, 'note'>): Millis {
  const { createdAt, timestamp, _id } = document;
  const known = millisOf(createdAt);
  if (known !== null && typeof createdAt === 'number') return known;
  fields.note(isNone(createdAt) ? 'createdAt missing: taken from timestamp or _id' : 'createdAt of another type');
  if (known !== null) return known;
  const said = typeof timestamp === 'string' ? millisOf(Date.parse(timestamp)) : millisOf(timestamp);
  return said ?? (_id instanceof ObjectId ? _id.getTimestamp().getTime() : 0);
}

/** A UUID that is the same at every try. */
export function madeUpId(collection: OldCollection, id: unknown): string {
  const hex = createHash('sha256')
    .update(`${collection} ${idText(id)}`)
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function messageIdOf(collection: OldCollection, document: Old, fields: Pick<OldFields, 'note'>): string {
  const id = textOf(document.messageId);
  if (typeof document.messageId !== 'string' || document.messageId === '')
    fields.note('messageId missing or of another type');
  if (id !== null && id !== '' && id.length <= LIMITS.id) return id;
  if (id !== null && id.length > LIMITS.id) fields.note('messageId over 200 characters, replaced');
  return madeUpId(collection, document._id);
}
