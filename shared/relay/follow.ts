import type { Db } from 'mongodb';
import { monotonic } from '#shared/deadline.ts';
import type { AnyEvent } from '#shared/events/parse.ts';
import { openChangeStream, PlaceLostError, type StreamChange, timeOf } from '#shared/relay/change-stream.ts';
import { loadPlace, type Place, savePlace } from '#shared/relay/place.ts';
import type { Sender } from '#shared/relay/sender.ts';
import type { Source } from '#shared/relay/source.ts';
import type { Millis } from '#shared/room-log/types.ts';

/** How long the stream waits for something to come, in ms. */
const WAIT_MS = 1_000;
/** How often the place is stored while events are sent (so much comes again after a crash), and while none are, in ms. */
const SAVE_MS = 1_000;
const IDLE_SAVE_MS = 10_000;
/**
 * A change carries the time at which it was computed, and is stored some seconds later, or, after an unknown outcome
 * (L5), for as long as it took to settle. An hour covers that.
 */
const MARGIN_MS = 3_600_000;

export interface FollowOptions {
  db: Db;
  source: Source;
  generation: string;
  sender: Sender;
  signal: AbortSignal;
  /** Told since when something waits to be sent; null: nothing does. */
  waiting: (since: Millis | null) => void;
  /** Told that the place was lost, and of events that are sent from what is stored. */
  lostPlace: (error: PlaceLostError) => void;
  backfilled: (events: number) => void;
}

/**
 * Sends what the source brings, from the stored place on, until `signal` aborts or something breaks: then it throws, and
 * the stored place is where to go on. The place moves only after Kafka acknowledged all before it.
 */
export async function follow(options: FollowOptions): Promise<never> {
  const follower = new Follower(options);
  try {
    for (;;) await follower.run();
  } finally {
    // Where the database is away the place stays behind, and some events come again.
    await follower.end().catch(() => undefined);
  }
}

class Follower {
  readonly #options: FollowOptions;
  #place: Place | null = null;
  /** Events were sent since the place was stored. */
  #unsaved = false;
  #savedAt = -Infinity;

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  /** Goes on until the place is lost. */
  async run(): Promise<void> {
    const { db, source, generation } = this.#options;
    try {
      const stored = (this.#place ??= await loadPlace(db, source.name));
      // A restored database has other content at the same revs, so all of it is sent, under the new epochs.
      if (stored?.generation !== generation) await this.#beginAnew(0);
      if (this.#place!.backfill) await this.#backfill();
      await this.#follow();
    } catch (error) {
      if (!(error instanceof PlaceLostError)) throw error;
      this.#options.lostPlace(error);
      await this.#beginAnew(this.#place!.sentTo);
    }
  }

  async end(): Promise<void> {
    if (this.#unsaved) await this.#save();
  }

  /** First a token, then what was stored before it: whatever comes in between comes twice, and nothing is missed. */
  async #beginAnew(sentTo: Millis): Promise<void> {
    const stream = await this.#open(null);
    try {
      const { token } = await stream.next();
      const backfill = { since: Math.max(0, sentTo - MARGIN_MS), after: null };
      this.#place = { generation: this.#options.generation, token, sentTo, backfill };
    } finally {
      await stream.close();
    }
    await this.#save();
  }

  /** Sends what is stored. */
  async #backfill(): Promise<void> {
    const { source, sender, signal } = this.#options;
    const { backfill, ...place } = this.#place!;
    const { since } = backfill!;
    for (let { after } = backfill!; ;) {
      signal.throwIfAborted();
      const page = await source.page(since, after);
      await sender.send(page.events, signal);
      this.#options.backfilled(page.events.length);
      ({ after } = page);
      if (after === null) break;
      await this.#move({ ...place, backfill: { since, after } }, page.events.length > 0);
    }
    this.#place = { ...place, sentTo: timeOf(place.token) ?? place.sentTo };
    await this.#save();
  }

  async #follow(): Promise<never> {
    const { source, sender, signal, waiting } = this.#options;
    const stream = await this.#open(this.#place!.token);
    try {
      for (;;) {
        signal.throwIfAborted();
        const { changes, token } = await stream.next();
        waiting(changes[0]?.wallTime.getTime() ?? null);
        await sender.send(eventsIn(source, changes), signal);
        waiting(null);
        const place = { ...this.#place!, token, sentTo: timeOf(token) ?? this.#place!.sentTo };
        await this.#move(place, changes.length > 0);
      }
    } finally {
      await stream.close();
    }
  }

  /** The place moves in memory, and on disk every second, or every ten while nothing is sent. */
  async #move(place: Place, sent: boolean): Promise<void> {
    this.#place = place;
    this.#unsaved ||= sent;
    if (monotonic() - this.#savedAt >= (this.#unsaved ? SAVE_MS : IDLE_SAVE_MS)) await this.#save();
  }

  async #save(): Promise<void> {
    const { db, source } = this.#options;
    await savePlace(db, source.name, this.#place!);
    this.#unsaved = false;
    this.#savedAt = monotonic();
  }

  #open(resumeAfter: Place['token'] | null) {
    const { db, source, signal } = this.#options;
    return openChangeStream({ db, ...source.stream, resumeAfter, waitMs: WAIT_MS, signal });
  }
}

async function* eventsIn(source: Source, changes: readonly StreamChange[]): AsyncGenerator<AnyEvent> {
  for (const change of changes) yield* await source.eventsOf(change);
}
