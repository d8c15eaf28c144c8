import { LRUCache } from 'lru-cache';
import { monotonic } from '#shared/deadline.ts';
import { sayOnce } from '#shared/say-once.ts';
import type { ReadModel } from '#shared/read-model/read-model.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import type { Window } from '#shared/room-log/types.ts';
import type { Saved } from '#services/readmodel/intake.ts';
import type { Item } from '#services/readmodel/pending.ts';

/** Rooms whose stored rev is remembered; some 200 bytes each. */
const SAVED_ROOMS = 20_000;
/** Pause before a window that could not be written is tried again, in ms. */
const RETRY_MS = 1_000;
/**
 * A head that does not come up to a change that its log has is looked after by the sweeper, within seconds. After so
 * long, in ms, the room is left to its next change: readers go by the log anyhow, and the partition must be committed.
 */
const GIVE_UP_MS = 60_000;

export interface WriterStats {
  /** Windows stored. */
  written: number;
  /** Rooms whose stored window had all already. */
  unchanged: number;
  /** Tries that failed and are made again. */
  retried: number;
  /** Rooms left to their next change. */
  given_up: number;
}

/** What becomes of an item: null, or when to try it again, in monotonic ms. */
export type Verdict = number | null;

/** Brings the stored windows of rooms to where their heads stand. */
export class WindowWriter {
  readonly saved: Saved = new LRUCache({ max: SAVED_ROOMS });
  readonly stats: WriterStats = { written: 0, unchanged: 0, retried: 0, given_up: 0 };
  readonly #rooms: Rooms;
  readonly #model: ReadModel;
  readonly #warn: (message: string) => void;

  constructor(rooms: Rooms, model: ReadModel, logger: { warn(message: string): void }) {
    this.#rooms = rooms;
    this.#model = model;
    this.#warn = sayOnce((message) => logger.warn(message));
  }

  /** Makes the window of the item's room as any reader does, and stores it. */
  async write(item: Item): Promise<Verdict> {
    const { room, epoch, rev } = item;
    try {
      const stored = this.saved.get(room);
      if (stored?.epoch === epoch && stored.rev >= rev) {
        this.stats.unchanged += 1;
        return null;
      }
      const read = await this.#rooms.window(room);
      // A room without a head, or of another epoch by now, will be told of by events of its own.
      if (!read) return null;
      await this.#store(read.window);
      return read.window.epoch === epoch && read.window.rev < rev ? this.#behind(item) : null;
    } catch (error) {
      this.stats.retried += 1;
      this.#warn(`a latest window cannot be written, trying on: ${String(error)}`);
      return monotonic() + RETRY_MS;
    }
  }

  async #store(window: Window): Promise<void> {
    const { room, epoch, rev } = window;
    const written = await this.#model.save(window);
    this.stats[written ? 'written' : 'unchanged'] += 1;
    this.saved.set(room, { epoch, rev });
  }

  /** The log has the change, the head not yet: its writer is about to move it, or died. */
  #behind({ room, since }: Item): Verdict {
    const now = monotonic();
    if (now - since >= GIVE_UP_MS) {
      this.stats.given_up += 1;
      this.#warn(`room ${room} does not come up to its log: its window waits for its next change`);
      return null;
    }
    this.#rooms.repair(room);
    this.stats.retried += 1;
    return now + RETRY_MS;
  }
}
