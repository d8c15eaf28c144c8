import type { Collection } from 'mongodb';
import type { Collections } from '#shared/room-log/collections.ts';
import { quotedId } from '#shared/room-log/quotes.ts';
import type { Head, Message, Quoted } from '#shared/room-log/types.ts';

/** Single messages by what names them, and the targets of replies. Every query is one index look-up a message. */

/** How readers read (design: on the primary, read concern local, everything capped at the head). */
export const READ = {
  readPreference: 'primary',
  readConcern: { level: 'local' },
  projection: { _id: 0 },
} as const;

/** Fields of a quoted message, and the seq that says whether it may be seen. */
export const QUOTED = {
  _id: 0,
  room: 1,
  seq: 1,
  messageId: 1,
  username: 1,
  text: 1,
  timestamp: 1,
  kind: 1,
  media: 1,
  audio: 1,
  deleted: 1,
  deletedAt: 1,
} as const;

type Target = Quoted & Pick<Message, 'room' | 'seq'>;
type Reply = Pick<Message, 'room' | 'replyTo' | 'messageId'>;

/** True for what a reader of this head may see: above the floor (L13) and not beyond the head. */
export const isVisible = (head: Head | null | undefined, message: Pick<Message, 'seq'> | null): boolean =>
  head != null && message !== null && message.seq > head.floorSeq && message.seq <= head.seq;

/** The message with this id, whether visible or not; null when there is none. */
export function messageById(collections: Collections, room: string, messageId: string): Promise<Message | null> {
  return collections.messages(room).findOne({ room, messageId }, READ);
}

/** The newest message up to the head that has exactly this timestamp; null when there is none (L11). */
export async function messageByTimestamp(
  collections: Collections,
  head: Head,
  timestamp: string,
): Promise<Message | null> {
  const found = await collections
    .messages(head._id)
    .find({ room: head._id, timestamp, seq: { $gt: head.floorSeq, $lte: head.seq } }, READ)
    .sort({ seq: -1 })
    .limit(1)
    .toArray();
  return found[0] ?? null;
}

/**
 * The targets of these messages' replies that are not among the messages themselves and that `known` does not answer,
 * by messageId; null: unknown, or not to be seen. One query, or none.
 */
export async function quotesOf(
  collections: Collections,
  head: Head,
  messages: readonly Pick<Message, 'replyTo' | 'messageId'>[],
  known: (messageId: string) => Quoted | null | undefined = () => undefined,
): Promise<Map<string, Quoted | null>> {
  const own = new Set(messages.map(({ messageId }) => messageId));
  const quotes = new Map<string, Quoted | null>();
  const wanted: string[] = [];
  for (const message of messages) {
    const id = quotedId(message);
    if (id === undefined || own.has(id) || quotes.has(id)) continue;
    const quoted = known(id);
    quotes.set(id, quoted ?? null);
    if (quoted === undefined) wanted.push(id);
  }
  if (wanted.length === 0) return quotes;
  const found = await collections
    .messages(head._id)
    .find<Target>({ room: head._id, messageId: { $in: wanted } }, { ...READ, projection: QUOTED })
    .toArray();
  for (const target of found) if (isVisible(head, target)) quotes.set(target.messageId, target);
  return quotes;
}

/** How many of the newest `limit` messages are replies. */
export async function repliesAmong(collections: Collections, head: Head, limit: number): Promise<number> {
  const { _id: room, seq } = head;
  const range = { $gt: Math.max(head.floorSeq, seq - limit), $lte: seq };
  const found = await collections
    .messages(room)
    .find({ room, seq: range }, { ...READ, projection: { _id: 0, 'replyTo.text': 1 }, batchSize: limit + 1 })
    .toArray();
  return found.filter(({ replyTo }) => replyTo).length;
}

/** The target of each of these replies, which may be of different rooms; undefined for what is no reply. One query, or none. */
export async function quotesAcross(
  collection: Collection<Message>,
  heads: ReadonlyMap<string, Head>,
  messages: readonly Reply[],
): Promise<(message: Reply) => Quoted | null | undefined> {
  const wanted = messages.flatMap((message) => {
    const messageId = quotedId(message);
    return messageId === undefined ? [] : [{ room: message.room, messageId }];
  });
  const targets = new Map<string, Target>();
  if (wanted.length > 0)
    for (const target of await collection.find<Target>({ $or: wanted }, { ...READ, projection: QUOTED }).toArray())
      if (isVisible(heads.get(target.room), target)) targets.set(nameOf(target.room, target.messageId), target);
  return (message) => {
    const messageId = quotedId(message);
    return messageId === undefined ? undefined : (targets.get(nameOf(message.room, messageId)) ?? null);
  };
}

const nameOf = (room: string, messageId: string) => JSON.stringify([room, messageId]);
