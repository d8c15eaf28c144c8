import type { Db } from 'mongodb';
import { monotonic } from '#shared/deadline.ts';
import type { Millis } from '#shared/room-log/types.ts';

/** Where a room log takes the time from. */
export interface Clock {
  /** Epoch ms, whole. */
  now(): Millis;
}

interface ClockLogger {
  warn(message: string): void;
}

/** How often the offset to the database's clock is taken again, and the jump that is worth a log line (L11), in ms. */
const RESYNC_MS = 10_000;
const JUMP_MS = 1_000;

/**
 * L11: the database's clock, kept as an offset to this process's monotonic clock, so that neither a wrong local clock
 * nor one that is set back shows in a room.
 */
export class DatabaseClock implements Clock {
  readonly #db: Db;
  readonly #logger: ClockLogger;
  #offset = Date.now() - monotonic();
  #timer: NodeJS.Timeout | undefined;

  constructor(db: Db, logger: ClockLogger) {
    this.#db = db;
    this.#logger = logger;
  }

  now(): Millis {
    return Math.round(monotonic() + this.#offset);
  }

  /** Takes the offset now, and again every ten seconds; a failed later try keeps the last offset. */
  async start(): Promise<void> {
    this.#offset = await this.#measure();
    this.#timer = setInterval(() => void this.#resync(), RESYNC_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #resync(): Promise<void> {
    try {
      const begun = monotonic();
      const offset = await this.#measure();
      // A process that was frozen meanwhile would be wrong by half of that.
      if (monotonic() - begun > JUMP_MS) return;
      const jump = offset - this.#offset;
      if (Math.abs(jump) > JUMP_MS) this.#logger.warn(`the database's clock jumped by ${Math.round(jump)} ms`);
      this.#offset = offset;
    } catch (error) {
      this.#logger.warn(`the database's clock could not be read, the last offset stays: ${String(error)}`);
    }
  }

  async #measure(): Promise<number> {
    const before = monotonic();
    const { localTime } = (await this.#db.command({ hello: 1 })) as { localTime: Date };
    return localTime.getTime() - (before + monotonic()) / 2;
  }
}
