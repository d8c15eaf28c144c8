import type { Collection } from 'mongodb';
import type { Collections } from '#shared/room-log/collections.ts';
import { READ } from '#shared/room-log/lookups.ts';
import type { Head, Message } from '#shared/room-log/types.ts';

/** The newest message of many rooms at once, found by the seq that their heads name. */

/** The messages at these places, by room; a place without a document has none. One query, one look-up a place. */
export async function messagesAt(
  collection: Collection<Message>,
  places: readonly { room: string; seq: number }[],
): Promise<Map<string, Message>> {
  if (places.length === 0) return new Map();
  const named = places.map(({ room, seq }) => ({ room, seq }));
  const found = await collection.find({ $or: named }, { ...READ, batchSize: named.length + 1 }).toArray();
  return new Map(found.map((message) => [message.room, message]));
}

/**
 * The newest previewable message of each room that has one, by room. A head that has not moved yet may name a message
 * that was deleted a moment ago: then the one before it is looked for, so that no deleted text is ever shown.
 */
export async function newestPreviewable(
  collections: Collections,
  heads: readonly Head[],
): Promise<Map<string, Message>> {
  const places = heads.flatMap(({ _id: room, previewSeq }) => (previewSeq === null ? [] : [{ room, seq: previewSeq }]));
  const found = await messagesAt(collections.group, places);
  const stale = heads.filter(({ _id, previewSeq }) => previewSeq !== null && !found.get(_id)?.previewable);
  for (const head of stale) {
    const earlier = await previewableUpTo(collections, head);
    if (earlier) found.set(head._id, earlier);
    else found.delete(head._id);
  }
  return found;
}

async function previewableUpTo(collections: Collections, head: Head): Promise<Message | undefined> {
  const { _id: room, floorSeq, seq } = head;
  const [newest] = await collections
    .messages(room)
    .find({ room, previewable: true, seq: { $gt: floorSeq, $lte: seq } }, READ)
    .sort({ seq: -1 })
    .limit(1)
    .toArray();
  return newest;
}
