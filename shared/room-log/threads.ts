import type { Filter } from 'mongodb';
import type { Collections } from '#shared/room-log/collections.ts';
import { messagesAt } from '#shared/room-log/previews.ts';
import { READ } from '#shared/room-log/lookups.ts';
import type { Head, Message, Millis } from '#shared/room-log/types.ts';

/** Thread lists of DMs come from the heads: they need no event and are as new as the last acknowledged write. */

/** The last thread of a page of them; the next page goes on behind it. */
export interface ThreadPlace {
  listedAt: Millis;
  room: string;
}

export interface Thread {
  head: Head;
  listedAt: Millis;
  /** The newest message, deleted ones included; null also where the caller has it already. */
  last: Message | null;
}

/**
 * The first `limit` threads of a user (lowercase) behind `before`, newest first; `next` when there are more. Two queries:
 * one index range of heads, one look-up a thread that the caller does not have yet.
 */
export async function threadsOf(
  collections: Collections,
  user: string,
  before: ThreadPlace | null,
  limit: number,
  has: (head: Head) => boolean = () => false,
): Promise<{ threads: Thread[]; next: ThreadPlace | null }> {
  const heads = await collections.heads
    .find(behind(user, before), {
      readPreference: READ.readPreference,
      readConcern: READ.readConcern,
      batchSize: limit + 2,
    })
    .sort({ listedAt: -1, _id: -1 })
    .limit(limit + 1)
    .toArray();
  const page = heads.slice(0, limit);
  const lasts = await messagesAt(
    collections.dm,
    page.flatMap((head) => (head.lastSeq === null || has(head) ? [] : [{ room: head._id, seq: head.lastSeq }])),
  );
  const threads = page.map((head) => ({ head, listedAt: head.listedAt!, last: lasts.get(head._id) ?? null }));
  const end = heads.length > limit ? threads.at(-1)! : null;
  return { threads, next: end && { listedAt: end.listedAt, room: end.head._id } };
}

function behind(participants: string, before: ThreadPlace | null): Filter<Head> {
  if (!before) return { participants, listedAt: { $gte: 0 } };
  const { listedAt, room } = before;
  return {
    $or: [
      { participants, listedAt, _id: { $lt: room } },
      { participants, listedAt: { $gte: 0, $lt: listedAt } },
    ],
  };
}
