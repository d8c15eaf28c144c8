import { Fault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { monotonic } from '#shared/deadline.ts';
import type { Command, Outcome } from '#shared/room-log/types.ts';

/** A write on its way. Once `sent` its outcome is unknown until the database has said; before that it can be taken out. */
export interface Write {
  readonly room: string;
  readonly command: Command;
  readonly bytes: number;
  state: 'waiting' | 'sent' | 'done';
  /** Flushed without its neighbours, after an entry that had it was refused (L6). */
  alone: boolean;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

interface Lane {
  writes: Write[];
  /** Not before this (monotonic ms): a conflict was just lost. */
  notBefore: number;
}

/** L9: what waits for the next flush; bounded in writes and bytes, first in first out within a room. */
export class WriteQueue {
  readonly #lanes = new Map<string, Lane>();
  #count = 0;
  #bytes = 0;

  get size(): number {
    return this.#count;
  }

  /**
   * Queues a write. Rejects with `overloaded` when the queue is full, `not_stored` when the deadline (monotonic ms)
   * passes before the append, `outcome_unknown` when it passes after.
   */
  add(room: string, command: Command, bytes: number, deadline: number): Promise<Outcome> {
    if (this.#count >= LIMITS.queueWrites || this.#bytes + bytes > LIMITS.queueBytes)
      return Promise.reject(new Fault('overloaded'));
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const end = <T>(settle: (value: T) => void) => {
      return (value: T) => {
        clearTimeout(timer);
        if (write.state === 'waiting') this.#forget(write);
        write.state = 'done';
        settle(value);
      };
    };
    const write: Write = {
      room,
      command,
      bytes,
      state: 'waiting',
      alone: false,
      resolve: end(resolve),
      reject: end(reject),
    };
    const expire = () => write.reject(new Fault(write.state === 'sent' ? 'outcome_unknown' : 'not_stored'));
    const timer = setTimeout(expire, Math.max(0, Math.ceil(deadline - monotonic())));
    this.#enqueue(write);
    return promise;
  }

  /** Takes up to `max` writes and their bytes, of each room a run from its front; rooms that must wait, or are busy, are left. */
  take(max: number, maxBytes: number, busy: ReadonlySet<string>): Map<string, Write[]> {
    const taken = new Map<string, Write[]>();
    const left: [string, Lane][] = [];
    const now = monotonic();
    let count = 0;
    let bytes = 0;
    for (const [room, lane] of this.#lanes) {
      if (count >= max || bytes >= maxBytes) break;
      if (lane.notBefore > now || busy.has(room)) continue;
      const run = lane.writes[0]!.alone ? 1 : Math.min(lane.writes.length, LIMITS.entryChanges, max - count);
      const some = lane.writes.splice(0, run);
      this.#lanes.delete(room);
      if (lane.writes.length > 0) left.push([room, lane]);
      for (const write of some) bytes += write.bytes;
      count += some.length;
      taken.set(room, some);
    }
    // What is left goes behind the other rooms, and only now: the loop would come to it again.
    for (const [room, lane] of left) this.#lanes.set(room, lane);
    this.#count -= count;
    this.#bytes -= bytes;
    return taken;
  }

  /** Puts writes that are still wanted back to the front of their room, to be taken again after `waitMs`. */
  putBack(room: string, writes: readonly Write[], waitMs: number): void {
    const wanted = writes.filter(({ state }) => state !== 'done');
    if (wanted.length === 0) return;
    const lane = this.#lanes.get(room) ?? { writes: [], notBefore: 0 };
    lane.writes.unshift(...wanted);
    lane.notBefore = monotonic() + waitMs;
    this.#lanes.set(room, lane);
    for (const write of wanted) {
      write.state = 'waiting';
      this.#count += 1;
      this.#bytes += write.bytes;
    }
  }

  /** Milliseconds until something can be taken; undefined when nothing waits but what is busy. */
  nextIn(busy: ReadonlySet<string>): number | undefined {
    let earliest = Infinity;
    for (const [room, { notBefore }] of this.#lanes) if (!busy.has(room)) earliest = Math.min(earliest, notBefore);
    return earliest === Infinity ? undefined : Math.max(0, earliest - monotonic());
  }

  #enqueue(write: Write): void {
    const lane = this.#lanes.get(write.room);
    if (lane) lane.writes.push(write);
    else this.#lanes.set(write.room, { writes: [write], notBefore: 0 });
    this.#count += 1;
    this.#bytes += write.bytes;
  }

  /** Takes an expired write out; one that a flush holds but has not sent is skipped by the flush (its state is `done`). */
  #forget(write: Write): void {
    const lane = this.#lanes.get(write.room);
    const index = lane?.writes.indexOf(write) ?? -1;
    if (index < 0) return;
    lane!.writes.splice(index, 1);
    if (lane!.writes.length === 0) this.#lanes.delete(write.room);
    this.#count -= 1;
    this.#bytes -= write.bytes;
  }
}
