import { randomUUID } from 'node:crypto';
import type { ObjectId } from 'mongodb';
import type { Collections } from '#shared/room-log/collections.ts';
import { readEnds } from '#shared/room-log/end.ts';
import { holdLease, releaseLease } from '#shared/room-log/lease.ts';
import { purgeRooms } from '#shared/room-log/purge.ts';
import type { Clock } from '#shared/room-log/clock.ts';
import type { Millis } from '#shared/room-log/types.ts';

/** How often the sweeper runs, how long its lease holds, in ms. */
const EVERY_MS = 5_000;
const LEASE_MS = 15_000;
/** Entries are computed at most 5 s before they are appended (jobs.ts): so far back of the last turn new ones may appear. */
const OVERLAP_MS = 10_000;
/** At its first turn a process looks further back: whoever held the lease may have died in a long turn. */
const FIRST_OVERLAP_MS = 600_000;
/** Entries older than this, at or below their head, are removed (L7). */
const KEEP_MS = 7 * 24 * 3_600_000;
const CHUNK = 1_000;
/**
 * Entries are stored after their `at`: seconds, or, after an unknown outcome, for as long as it took to settle (L5). One
 * of so long before what the relay has sent, in ms, is sent.
 */
const SENT_MARGIN_MS = 3_600_000;

export interface SweeperOptions {
  collections: Collections;
  clock: Clock;
  logger: { warn(message: string): void; info(message: string): void };
  intervalMs?: number;
  /** Before which time (epoch ms) all that was stored has been sent to Kafka; absent when events are off. */
  sentBefore?: () => Promise<Millis>;
}

/** L7: puts right what died writers left, forgets old entries, purges deleted rooms; one process at a time, under a lease. */
export class Sweeper {
  readonly #options: SweeperOptions;
  readonly #holder = randomUUID();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;
  #first = true;
  #overdueMs = 0;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** For how long, in ms, entries have been kept beyond their time because they are not sent; 0 when none are. */
  get overdueMs(): Millis {
    return this.#overdueMs;
  }

  start(): void {
    this.#next(0);
  }

  /** Ends the running turn at its next step and gives the lease up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#turn;
    await releaseLease(this.#options.collections.meta, 'sweeper', this.#holder);
  }

  #next(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#turn = this.#run().finally(() => this.#next(this.#options.intervalMs ?? EVERY_MS));
    }, ms).unref();
  }

  async #run(): Promise<void> {
    try {
      const { collections, clock } = this.#options;
      if (await holdLease(collections.meta, 'sweeper', this.#holder, clock.now(), LEASE_MS)) await this.sweep();
    } catch (error) {
      this.#options.logger.warn(`the sweeper failed and tries again: ${String(error)}`);
    }
  }

  /** One turn; also for tests and tools that hold no lease. */
  async sweep(): Promise<void> {
    const stop = () => this.#stopped;
    const now = this.#options.clock.now();
    await this.#applyLeftBehind(now);
    if (!stop()) await this.#forgetOld(await this.#keptSince(now - KEEP_MS));
    if (!stop()) await purgeRooms(this.#options.collections, now, stop);
  }

  /** Applies entries beyond their head: of each room that was written to since the last turn, its last rev. Index keys only. */
  async #applyLeftBehind(now: Millis): Promise<void> {
    const { log, meta } = this.#options.collections;
    const place = await meta.findOne({ _id: 'sweeper:place' });
    const from = (place?.at ?? 0) - (this.#first ? FIRST_OVERLAP_MS : OVERLAP_MS);
    this.#first = false;
    const newest = new Map<string, number>();
    const written = log.aggregate<{ _id: string; to: number }>(
      [{ $match: { at: { $gte: from } } }, { $group: { _id: '$room', to: { $max: '$to' } } }],
      { readConcern: 'majority', hint: { at: 1, room: 1, to: 1 }, allowDiskUse: true, batchSize: CHUNK },
    );
    for await (const { _id: room, to } of written) {
      newest.set(room, to);
      if (newest.size >= CHUNK) await this.#catchUpRooms(newest);
    }
    await this.#catchUpRooms(newest);
    if (!this.#stopped) await meta.updateOne({ _id: 'sweeper:place' }, { $max: { at: now } }, { upsert: true });
  }

  async #catchUpRooms(newest: Map<string, number>): Promise<void> {
    const { collections, logger } = this.#options;
    const rooms = [...newest.keys()];
    const heads = new Map(
      (await collections.heads.find({ _id: { $in: rooms } }, { projection: { rev: 1 } }).toArray()).map(
        ({ _id, rev }) => [_id, rev],
      ),
    );
    for (const [room, to] of newest) {
      if (this.#stopped) return;
      if ((heads.get(room) ?? 0) >= to) continue;
      try {
        await readEnds(collections, [room]);
        logger.info(`room ${room} had entries beyond its head: applied`);
      } catch (error) {
        logger.warn(`room ${room} is behind its log: ${String(error)}`);
      }
    }
    newest.clear();
  }

  /** Before when entries may go: `due`, and with events on not before they are sent. */
  async #keptSince(due: Millis): Promise<Millis> {
    const { collections, logger, sentBefore } = this.#options;
    if (!sentBefore) return due;
    const sent = (await sentBefore()) - SENT_MARGIN_MS;
    if (sent >= due) {
      this.#overdueMs = 0;
      return due;
    }
    const [oldest] = await collections.log
      .find({ at: { $gte: sent, $lt: due } }, { projection: { _id: 0, at: 1 } })
      .sort({ at: 1 })
      .limit(1)
      .toArray();
    const overdue = oldest ? due - oldest.at : 0;
    if (overdue > 0 && this.#overdueMs === 0)
      logger.warn('the log keeps entries of more than 7 days ago: the relay has not sent them to Kafka yet');
    this.#overdueMs = overdue;
    return sent;
  }

  /** Deletes, in chunks, entries from before `before` that are at or below their head. */
  async #forgetOld(before: Millis): Promise<void> {
    const { log, heads } = this.#options.collections;
    let after: Millis = 0;
    for (;;) {
      const old = await log
        .find({ at: { $gte: after, $lt: before } }, { projection: { room: 1, to: 1, at: 1 } })
        .sort({ at: 1 })
        .limit(CHUNK)
        .toArray();
      if (old.length === 0 || this.#stopped) return;
      const revs = new Map(
        (
          await heads
            .find({ _id: { $in: [...new Set(old.map(({ room }) => room))] } }, { projection: { rev: 1 } })
            .toArray()
        ).map(({ _id, rev }) => [_id, rev]),
      );
      const done: ObjectId[] = old.filter(({ room, to }) => (revs.get(room) ?? 0) >= to).map(({ _id }) => _id);
      if (done.length > 0) await log.deleteMany({ _id: { $in: done } });
      else if (old.length < CHUNK || old.at(-1)!.at === after) return;
      else after = old.at(-1)!.at;
    }
  }
}
