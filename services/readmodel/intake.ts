import { LRUCache } from 'lru-cache';
import { monotonic } from '#shared/deadline.ts';
import { EventError, isRoomEvent, parseEvent } from '#shared/events/parse.ts';
import type { RoomEvent } from '#shared/events/room-events.ts';
import type { Batch, Incoming } from '#shared/kafka/batch.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import type { Head } from '#shared/room-log/types.ts';
import type { DeadLetter } from '#services/readmodel/dead-letters.ts';
import { type Announced, WRITE_AT } from '#services/readmodel/pending.ts';

/** Which rev of a room is known to be stored. */
export type Saved = LRUCache<string, { epoch: string; rev: number }>;

/** What a batch comes down to. */
export interface Sorted {
  announced: Announced[];
  deadLetters: DeadLetter[];
  /** Events that need nothing: their window is stored already, or their epoch is over. */
  dropped: number;
}

/** Places in logs that one query asks for. */
const PLACES = 200;
const PLACE_FIELDS = { _id: 0, room: 1, from: 1, to: 1 } as const;

type Read = { message: Incoming; event: RoomEvent };

/** The event of a message, or why it is none. */
function readOf(message: Incoming): Read | DeadLetter {
  try {
    const event = parseEvent(message.value);
    if (isRoomEvent(event)) return { message, event };
    return { message, reason: 'foreign_type', detail: `${event.type} does not belong into this topic` };
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    return { message, reason: error.reason, detail: error.message };
  }
}

/**
 * Sorts the messages of a batch. An event only tells which room has changed up to which rev: what the window then has
 * comes from the log and the documents. So the order of events, repeats and gaps among them mean nothing.
 * Throws the driver's errors.
 */
export async function sort(rooms: Rooms, saved: Saved, { messages }: Batch): Promise<Sorted> {
  const results = messages.map(readOf);
  const deadLetters = results.filter((one): one is DeadLetter => 'reason' in one);
  const reads = results.filter((one): one is Read => 'event' in one);
  const names = [...new Set(reads.map(({ event }) => event.data.room))];
  const found = await rooms.heads(names);
  const heads = new Map(names.map((room, index) => [room, found[index]!]));

  const current = reads.filter(({ event: { data } }) => {
    const head = heads.get(data.room) ?? null;
    if (head === null || rooms.epochOf(head) !== data.epoch) return false;
    const stored = saved.get(data.room);
    return stored?.epoch !== data.epoch || stored.rev < data.rev;
  });
  const real = await inLog(rooms, heads, current);
  const announced = current.filter((one) => real.has(one)).map(({ message, event }) => announcedOf(message, event));
  for (const one of current)
    if (!real.has(one))
      deadLetters.push({
        message: one.message,
        reason: 'not_in_log',
        detail: `no log has change ${one.event.data.rev} of room ${one.event.data.room}`,
      });
  return { announced, deadLetters, dropped: reads.length - current.length };
}

/** How long the change waits is reckoned from its sending: whoever takes a partition over must not begin anew. */
function announcedOf({ topic, partition, offset, timestamp }: Incoming, { data }: RoomEvent): Announced {
  const { room, epoch, rev } = data;
  const waited = Math.min(Math.max(Date.now() - timestamp, 0), WRITE_AT.ms);
  return { topic, partition, offset, room, epoch, rev, since: monotonic() - waited };
}

/** Those that tell of a change that exists: at or below the head, or stored beyond it (the relay may be ahead of a head). */
async function inLog(rooms: Rooms, heads: ReadonlyMap<string, Head>, reads: readonly Read[]): Promise<Set<Read>> {
  const beyond = reads.filter(({ event: { data } }) => data.rev > heads.get(data.room)!.rev);
  const real = new Set(reads.filter(({ event: { data } }) => data.rev <= heads.get(data.room)!.rev));
  if (beyond.length === 0) return real;
  const places = new Map(
    beyond.map(({ event: { data } }) => [`${data.from} ${data.room}`, { room: data.room, from: data.from }]),
  );
  const ends = new Map<string, number>();
  const all = [...places.values()];
  for (let start = 0; start < all.length; start += PLACES) {
    const some = { $or: all.slice(start, start + PLACES) };
    for await (const { room, from, to } of rooms.collections.log.find(some, { projection: PLACE_FIELDS }))
      ends.set(`${from} ${room}`, to);
  }
  for (const one of beyond) {
    const { room, from, rev } = one.event.data;
    if (rev >= from && rev <= (ends.get(`${from} ${room}`) ?? 0)) real.add(one);
  }
  return real;
}
