import { LRUCache } from 'lru-cache';
import type { Head } from '#shared/room-log/types.ts';

/** L2: a known end is forgotten after an hour. */
const TTL_MS = 3_600_000;
const MAX = 100_000;
/**
 * How long, in s of running, an end must have been known before a `fresh` id is believed: longer than a try can lie in
 * the sockets of processes that run. One that is frozen does not count on: what it reads on waking was sent long ago.
 */
const SETTLED_S = 15;

/** The end of a room's log, and the second of this process in which it was last read from the database. */
export interface End {
  head: Head;
  since: number;
}

/**
 * The ends of rooms as this process knows them (L2): from the database, then by its own writes. As long as nobody else
 * writes to the room, that is.
 *
 * L10: the first try of a POST says that its id is fresh, so that no look-up is needed. It may be late: its repeat may
 * have been stored by another process meanwhile. If the repeat lies beyond the end that this process knows, the append
 * fails, and all is computed anew. If it lies below, the end was read from the database after the try was sent: so ids
 * are not believed to be fresh until the end has been known for longer than a try can be late.
 */
export class Ends {
  /** By `maxSize`, since `max` would take the room of all ends at once: 4 MB. */
  readonly #known = new LRUCache<string, End>({ maxSize: MAX, sizeCalculation: () => 1, ttl: TTL_MS });
  #seconds = 0;
  readonly #timer = setInterval(() => (this.#seconds += 1), 1_000).unref();

  get(room: string): End | undefined {
    return this.#known.get(room);
  }

  set(room: string, end: End): void {
    this.#known.set(room, end);
  }

  forget(room: string): void {
    this.#known.delete(room);
  }

  /** An end that was just read. One before the first change has no repeat below it. */
  read(head: Head): End {
    return { head, since: head.rev === 0 ? -Infinity : this.#seconds };
  }

  /** Whether the id of a create may be believed to be fresh at this end. */
  isSettled({ since }: End): boolean {
    return this.#seconds - since > SETTLED_S;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
