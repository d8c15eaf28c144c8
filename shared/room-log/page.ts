import { LIMITS } from '#shared/limits.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import { READ } from '#shared/room-log/lookups.ts';
import { bytesOf } from '#shared/room-log/sizes.ts';
import type { Head, Message, Millis, WindowItem } from '#shared/room-log/types.ts';
import { itemOf } from '#shared/room-log/window-item.ts';

/**
 * Pages of a room, addressed by seq. A time is first turned into a seq: seq has no gap and no two messages share one,
 * so that a page neither skips nor repeats, whatever was written meanwhile.
 */

/** Exclusive bounds, by time or by seq; of both kinds the narrower counts. */
export interface PageQuery {
  before?: Millis;
  after?: Millis;
  beforeSeq?: number;
  afterSeq?: number;
}

export interface Page {
  /** Ascending seq. */
  items: Message[];
  /** Where to go on, as `before`/`after` and as `beforeSeq`/`afterSeq`; null at the ends of the room. */
  nextBefore: Millis | null;
  nextAfter: Millis | null;
  nextBeforeSeq: number | null;
  nextAfterSeq: number | null;
}

/**
 * Up to `limit` messages and 4 MiB: the newest ones below the upper bound or, with a lower bound alone, the oldest ones above it.
 * Rooms adopted from older databases may have equal createdAts: a page by time then ends between two different ones,
 * so it may be shorter than `limit`, or longer (up to 500) if all of it is one millisecond.
 */
export async function pageOf(collections: Collections, head: Head, query: PageQuery, limit: number): Promise<Page> {
  const below = Math.min(
    head.seq + 1,
    query.beforeSeq ?? Infinity,
    query.before === undefined ? Infinity : await firstSeqFrom(collections, head._id, query.before),
  );
  const above = Math.max(
    head.floorSeq,
    query.afterSeq ?? 0,
    query.after === undefined ? 0 : await lastSeqUntil(collections, head._id, query.after),
  );
  const upwards = query.after !== undefined || query.afterSeq !== undefined;
  const downwards = query.before !== undefined || query.beforeSeq !== undefined || !upwards;
  const read = (most: number) => messagesBetween(collections, head._id, above, below, most, downwards ? -1 : 1);
  const bySeq = query.beforeSeq !== undefined || query.afterSeq !== undefined;
  let items = await read(limit + 1);
  const most = Math.min(limit, fitting(items));
  if (items.length > most) {
    const whole = bySeq ? most : wholeTimes(items, most);
    items = whole > 0 ? items.slice(0, whole) : sameTime(await read(LIMITS.windowMessages));
  }
  if (downwards) items.reverse();
  return asPage(head, items);
}

/** How many of these messages an answer may hold: 4 MiB of them, and at least one. */
export function fitting(items: readonly Message[]): number {
  let bytes = 0;
  const over = items.findIndex((item, index) => (bytes += bytesOf(item)) > LIMITS.windowBytes && index > 0);
  return over < 0 ? items.length : over;
}

/** How many of the first `limit` items leave no other with their last createdAt behind; 0: they all share one with it. */
function wholeTimes(items: readonly Message[], limit: number): number {
  const next = items[limit]?.createdAt;
  let end = limit;
  while (end > 0 && items[end - 1]!.createdAt === next) end -= 1;
  return end;
}

const sameTime = (items: readonly Message[]) => items.filter(({ createdAt }) => createdAt === items[0]?.createdAt);

/** Up to `limit` messages around the one at `seq`, which is among them; filled up at the ends of the room. At most 4 MiB. */
export async function pageAround(collections: Collections, head: Head, seq: number, limit: number): Promise<Page> {
  const first = Math.max(head.floorSeq + 1, Math.min(seq - Math.floor(limit / 2), head.seq - limit + 1));
  const found = await messagesBetween(collections, head._id, first - 1, head.seq + 1, limit, 1);
  return asPage(head, nearest(found, seq));
}

/** The messages around the one at `seq` that fit into an answer, taken from it outwards. */
function nearest(items: Message[], seq: number): Message[] {
  if (fitting(items) === items.length) return items;
  const outwards = items.toSorted((a, b) => Math.abs(a.seq - seq) - Math.abs(b.seq - seq));
  return outwards.slice(0, fitting(outwards)).sort((a, b) => a.seq - b.seq);
}

/** A page says where to go on by what the room has on either side: every seq from floorSeq + 1 to the head's is a message. */
function asPage(head: Head, items: Message[]): Page {
  const [first, last] = [items[0], items.at(-1)];
  const older = first && first.seq > head.floorSeq + 1 ? first : null;
  const newer = last && last.seq < head.seq ? last : null;
  return {
    items,
    nextBefore: older && older.createdAt,
    nextAfter: newer && newer.createdAt,
    nextBeforeSeq: older && older.seq,
    nextAfterSeq: newer && newer.seq,
  };
}

/** The first `limit` messages with above < seq < below, from the newest (-1) or the oldest (1). */
export async function messagesBetween(
  collections: Collections,
  room: string,
  above: number,
  below: number,
  limit: number,
  direction: 1 | -1,
): Promise<Message[]> {
  return below - above <= 1 ? [] : between(collections, room, above, below, limit, direction).toArray();
}

/** The newest between two seqs, newest first, with no more than `LIMITS.beyondWindowBytes` of JSON; quotes are not filled. */
export async function newestBelow(
  collections: Collections,
  room: string,
  above: number,
  below: number,
  limit: number,
): Promise<WindowItem[]> {
  const newest: WindowItem[] = [];
  let bytes = 0;
  for await (const message of between(collections, room, above, below, limit, -1)) {
    const item = itemOf(message);
    bytes += item.bytes;
    if (bytes > LIMITS.beyondWindowBytes) break;
    newest.push(item);
  }
  return newest;
}

const between = (
  collections: Collections,
  room: string,
  above: number,
  below: number,
  limit: number,
  direction: 1 | -1,
) =>
  collections
    .messages(room)
    .find({ room, seq: { $gt: above, $lt: below } }, { ...READ, batchSize: limit + 1 })
    .sort({ seq: direction })
    .limit(limit);

/** The seq of the first message at or after a time; Infinity when there is none. */
export async function firstSeqFrom(collections: Collections, room: string, time: Millis): Promise<number> {
  return (await edge(collections, room, { $gte: time }, 1)) ?? Infinity;
}

/** The seq of the last message at or before a time; 0 when there is none. */
export async function lastSeqUntil(collections: Collections, room: string, time: Millis): Promise<number> {
  return (await edge(collections, room, { $lte: time }, -1)) ?? 0;
}

/** Answered by the index alone. No floor is needed: times rise with seq, so a seq at or below it ends the page too. */
async function edge(collections: Collections, room: string, createdAt: object, direction: 1 | -1) {
  const [found] = await collections
    .messages(room)
    .find({ room, createdAt }, { ...READ, projection: { _id: 0, seq: 1 } })
    .sort({ createdAt: direction, seq: direction })
    .limit(1)
    .toArray();
  return found?.seq;
}
