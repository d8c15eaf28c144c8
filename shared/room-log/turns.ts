import { MIB } from '#shared/limits.ts';
import type { Write, WriteQueue } from '#shared/room-log/queue.ts';

/** Flushes under way at most: one in each of the three steps, append, messages and heads, and one that is held up. */
const FLUSHES = 4;
/** What one flush takes at most. */
const FLUSH_WRITES = 2_000;
const FLUSH_BYTES = 16 * MIB;

/** Carries out what was taken, and never throws. `appended`: the next may be appended now. */
type Flush = (batch: Map<string, Write[]>, appended: () => void) => Promise<void>;

/**
 * L9: group commit. One flush at a time is appended; what arrives meanwhile, of all rooms, goes into the next, which is
 * appended while the one before is projected. A room is in one flush at a time.
 */
export class Turns {
  readonly #queue: WriteQueue;
  readonly #flush: Flush;
  /** Rooms of the flushes under way. */
  readonly #busy = new Set<string>();
  #underWay = 0;
  /** A flush is on its way to the log. */
  #appending = false;
  #isAsked = false;
  /** For rooms that must wait. */
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  /** Nothing waits or is under way, and nothing will. */
  readonly #done = Promise.withResolvers<void>();

  constructor(queue: WriteQueue, flush: Flush) {
    this.#queue = queue;
    this.#flush = flush;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** To be called when the queue got a write. All that is read from the sockets in this turn belongs to one flush. */
  ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    setImmediate(() => {
      this.#isAsked = false;
      this.#next();
    });
  }

  /** Resolves once nothing waits and nothing is under way; the queue must get nothing new. */
  stop(): Promise<void> {
    this.#stopping = true;
    this.#next();
    return this.#done.promise;
  }

  /** Begins the next flush, if it may begin and there is one; else sees to it that it is not forgotten. */
  #next(): void {
    clearTimeout(this.#timer);
    if (this.#appending || this.#underWay >= FLUSHES) return;
    const batch = this.#queue.take(FLUSH_WRITES, FLUSH_BYTES, this.#busy);
    if (batch.size > 0) return this.#begin(batch);
    const pause = this.#queue.nextIn(this.#busy);
    if (pause !== undefined) this.#timer = setTimeout(() => this.#next(), Math.ceil(pause));
    else if (this.#stopping && this.#underWay === 0) this.#done.resolve();
  }

  #begin(batch: Map<string, Write[]>): void {
    const rooms = [...batch.keys()];
    for (const room of rooms) this.#busy.add(room);
    this.#underWay += 1;
    this.#appending = true;
    let isAppending = true;
    const appended = () => {
      if (isAppending) this.#appending = false;
      isAppending = false;
      this.#next();
    };
    void this.#flush(batch, appended).finally(() => {
      for (const room of rooms) this.#busy.delete(room);
      this.#underWay -= 1;
      appended();
    });
  }
}
