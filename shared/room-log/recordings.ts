import type { Filter } from 'mongodb';
import type { Collections } from '#shared/room-log/collections.ts';
import { isVisible, READ } from '#shared/room-log/lookups.ts';
import type { Head, Message } from '#shared/room-log/types.ts';

/** Audio messages of one author in group rooms, newest first. */

/** The filter that the partial indexes of recordings serve. */
const byAuthor = (usernameLc: string): Filter<Message> => ({
  usernameLc,
  kind: 'audio',
  deleted: false,
  room: { $exists: true },
});

/** Which index serves which; told, because the planner would try both, and a trial reads up to 101 documents. */
const IN_ROOM = { usernameLc: 1, room: 1, seq: -1 } as const;
const EVERYWHERE = { usernameLc: 1, createdAt: -1 } as const;

/** The newest `limit` recordings of a user in one room. */
export function recordingsIn(
  collections: Collections,
  head: Head,
  usernameLc: string,
  limit: number,
): Promise<Message[]> {
  const { _id: room, floorSeq, seq } = head;
  return collections.group
    .find({ ...byAuthor(usernameLc), room, seq: { $gt: floorSeq, $lte: seq } }, { ...READ, hint: IN_ROOM })
    .sort({ seq: -1 })
    .limit(limit)
    .toArray();
}

/**
 * The newest `limit` recordings of a user in all group rooms. Those of deleted rooms lie in the index until they are
 * purged: they are left out, and the reading goes on behind them in batches of `limit`.
 */
export async function recordingsEverywhere(
  collections: Collections,
  headsOf: (rooms: readonly string[]) => Promise<(Head | null)[]>,
  usernameLc: string,
  limit: number,
): Promise<Message[]> {
  const cursor = collections.group
    .find(byAuthor(usernameLc), { ...READ, hint: EVERYWHERE, batchSize: limit })
    .sort({ createdAt: -1 });
  const items: Message[] = [];
  try {
    while (items.length < limit && (await cursor.hasNext())) {
      const batch = cursor.readBufferedDocuments();
      const rooms = [...new Set(batch.map(({ room }) => room))];
      const heads = await headsOf(rooms);
      const byRoom = new Map(rooms.map((room, index) => [room, heads[index]]));
      items.push(...batch.filter((message) => isVisible(byRoom.get(message.room), message)));
    }
  } finally {
    await cursor.close();
  }
  return items.slice(0, limit);
}
