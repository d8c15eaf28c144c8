import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { Coalescer } from '#shared/coalesce.ts';
import { monotonic } from '#shared/deadline.ts';
import { type Clock, DatabaseClock } from '#shared/room-log/clock.ts';
import { type Collections, collectionsOf, ensureIndexes } from '#shared/room-log/collections.ts';
import { readEnds } from '#shared/room-log/end.ts';
import { readGeneration } from '#shared/room-log/generation.ts';
import { type StoredWindows, Windows } from '#shared/room-log/latest.ts';
import { HEADS_AT_ONCE, readHeads } from '#shared/room-log/read-heads.ts';
import type { Rooms, WindowRead } from '#shared/room-log/rooms.ts';
import { Sweeper } from '#shared/room-log/sweep.ts';
import type { Command, Entry, Head, Millis, Outcome } from '#shared/room-log/types.ts';
import { Waiters } from '#shared/room-log/waiters.ts';
import { Writer, type WriterStats } from '#shared/room-log/writer.ts';

export interface RoomsOptions {
  db: Db;
  logger: { info(message: string): void; warn(message: string): void; error(message: string): void };
  /** Default: the database's own (L11). */
  clock?: Clock;
  /** Default: those of `db`. Tests put faults in between. */
  collections?: Collections;
  /** Where windows that this process does not hold may be found ready made. Default: nowhere, they are queried. */
  readModel?: StoredWindows;
  /** What the windows that are kept may hold together, by estimate. Default: 64 MiB. */
  windowBytes?: number;
  /** Default true: this process takes part in sweeping (L7). */
  sweep?: boolean;
  sweepIntervalMs?: number;
  /** Before which time (epoch ms) all that was stored has been sent to Kafka. Default: there is no Kafka to wait for (L7). */
  sentBefore?: () => Promise<Millis>;
}

export interface OpenRooms extends Rooms {
  readonly stats: Readonly<WriterStats>;
  /** Reads of latest windows by their base. */
  readonly windowStats: Readonly<Record<WindowRead['base'], number>>;
  readonly sweeper: Sweeper;
  /** Takes no new writes, ends the flush under way and what waits, stops the sweeper. Does not close the connection. */
  close(): Promise<void>;
}

/** Head queries under way at once: one is made while the other is answered. */
const HEADS = { batch: HEADS_AT_ONCE, underWay: 2 };
/** How often a waiting reader looks whether another process changed the room, in ms. */
const POLL_MS = 200;
/** A head that is still behind a document after this, in ms, is not just a flush under way. */
const REPAIR_AFTER_MS = 1_000;

/** Opens the room log on a database: indexes, generation (L8), clock (L11), sweeper (L7). Throws the driver's errors. */
export async function openRooms(options: RoomsOptions): Promise<OpenRooms> {
  const { db, logger } = options;
  const collections = options.collections ?? collectionsOf(db);
  await ensureIndexes(collections);
  const generation = await readGeneration(collections);
  const own = options.clock ? undefined : new DatabaseClock(db, logger);
  await own?.start();
  const clock = options.clock ?? own!;
  const rooms = new RoomLog(collections, { ...options, generation, clock });
  if (options.sweep !== false) rooms.sweeper.start();
  const close = rooms.close.bind(rooms);
  rooms.close = async () => {
    await close();
    own?.stop();
  };
  return rooms;
}

interface RoomLogOptions extends RoomsOptions {
  generation: string;
  clock: Clock;
}

class RoomLog implements OpenRooms {
  readonly collections: Collections;
  readonly sweeper: Sweeper;
  readonly #generation: string;
  readonly #logger: RoomsOptions['logger'];
  readonly #heads: Coalescer<Head>;
  readonly #windows: Windows;
  readonly #writer: Writer;
  readonly #waiters = new Waiters();
  readonly #repairing = new Set<string>();

  constructor(collections: Collections, options: RoomLogOptions) {
    const { generation, clock, logger, readModel, windowBytes, sweepIntervalMs, sentBefore } = options;
    this.collections = collections;
    this.#generation = generation;
    this.#logger = logger;
    this.#heads = new Coalescer((keys) => this.#loadHeads(keys), HEADS);
    const epochOf = (head: Head) => this.epochOf(head);
    this.#windows = new Windows({
      collections,
      head: (room) => this.head(room),
      epochOf,
      repair: (room) => this.repair(room),
      readModel,
      maxBytes: windowBytes,
      logger,
    });
    this.#writer = new Writer({ collections, clock, logger, written: (entries) => this.#written(entries) });
    this.sweeper = new Sweeper({ collections, clock, logger, intervalMs: sweepIntervalMs, sentBefore });
  }

  get stats(): Readonly<WriterStats> {
    return this.#writer.stats;
  }

  get windowStats(): Readonly<Record<WindowRead['base'], number>> {
    return this.#windows.stats;
  }

  get waiting(): number {
    return this.#writer.waiting;
  }

  submit(room: string, command: Command, deadline: number): Promise<Outcome> {
    return this.#writer.submit(room, command, deadline);
  }

  heads(rooms: readonly string[]): Promise<(Head | null)[]> {
    return Promise.all(rooms.map((room) => this.#heads.get(room)));
  }

  head(room: string): Promise<Head | null> {
    return this.#heads.get(room);
  }

  epochOf(head: Head | null): string {
    return head ? `${this.#generation}.${head.epoch}` : '';
  }

  window(room: string) {
    return this.#windows.read(room);
  }

  async changed(room: string, rev: number, ms: number, signal?: AbortSignal): Promise<void> {
    const end = monotonic() + ms;
    for (;;) {
      if (signal?.aborted || ((await this.head(room))?.rev ?? 0) > rev) return;
      const left = end - monotonic();
      if (left <= 0) return;
      await this.#waiters.wait(room, Math.min(left, POLL_MS), signal);
    }
  }

  repair(room: string): void {
    if (this.#repairing.has(room)) return;
    this.#repairing.add(room);
    void this.#repair(room).finally(() => this.#repairing.delete(room));
  }

  async close(): Promise<void> {
    await this.#writer.stop();
    await this.sweeper.stop();
  }

  async #loadHeads(rooms: string[]): Promise<Map<string, Head>> {
    const found = await readHeads(this.collections.heads, rooms);
    return new Map(found.map((head) => [head._id, head]));
  }

  #written(entries: readonly Entry[]): void {
    this.#windows.apply(entries, (head) => this.epochOf(head));
    for (const { room } of entries) this.#waiters.wake(room);
  }

  async #repair(room: string): Promise<void> {
    try {
      await sleep(REPAIR_AFTER_MS, undefined, { ref: false });
      await readEnds(this.collections, [room]);
    } catch (error) {
      this.#logger.warn(`room ${room} could not be repaired now: ${String(error)}`);
    }
  }
}
