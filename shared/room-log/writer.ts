import { Fault } from '#shared/errors.ts';
import { append, type Verdict } from '#shared/room-log/append.ts';
import type { Clock } from '#shared/room-log/clock.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import { confirmHeads, roomsMoved } from '#shared/room-log/confirm.ts';
import { readEnds, storeNewHeads } from '#shared/room-log/end.ts';
import { type End, Ends } from '#shared/room-log/ends.ts';
import {
  answer,
  computeRooms,
  type Computed,
  type EndsOfFlush,
  isJob,
  type Job,
  showsBeyond,
} from '#shared/room-log/jobs.ts';
import { isUnsettled } from '#shared/room-log/outcome.ts';
import { project } from '#shared/room-log/project.ts';
import { WriteQueue, type Write } from '#shared/room-log/queue.ts';
import { commandBytes } from '#shared/room-log/command-bytes.ts';
import { Turns } from '#shared/room-log/turns.ts';
import type { Command, Entry, Outcome } from '#shared/room-log/types.ts';

/** L1: pause before a room that lost a race is tried again, in ms, with jitter between the two. */
const RETRY_MS = [5, 100] as const;
/** Pause after a failed read of the ends, in ms. */
const UNREACHABLE_MS = 100;

export interface WriterOptions {
  collections: Collections;
  clock: Clock;
  logger: { warn(message: string): void; error(message: string): void };
  /** Entries that every reader can now see. */
  written(entries: readonly Entry[]): void;
}

/** Counters for metrics and tests. */
export interface WriterStats {
  flushes: number;
  entries: number;
  changes: number;
  conflicts: number;
  unsettled: number;
  refused: number;
  projectionFailures: number;
}

/** Carries writes out, flush by flush (L9): ends, what the commands need, append, projection, answers. */
export class Writer {
  readonly stats: WriterStats = {
    flushes: 0,
    entries: 0,
    changes: 0,
    conflicts: 0,
    unsettled: 0,
    refused: 0,
    projectionFailures: 0,
  };
  readonly #options: WriterOptions;
  readonly #queue = new WriteQueue();
  readonly #ends = new Ends();
  readonly #turns = new Turns(this.#queue, (batch, appended) => this.#flush(batch, appended));

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** See `Rooms.submit`. */
  submit(room: string, command: Command, deadline: number): Promise<Outcome> {
    if (this.#turns.stopping) return Promise.reject(new Fault('shutting_down'));
    const outcome = this.#queue.add(room, command, commandBytes(command), deadline);
    this.#turns.ask();
    return outcome;
  }

  /** Takes nothing new; waits for what is under way and waiting. */
  async stop(): Promise<void> {
    await this.#turns.stop();
    this.#ends.stop();
  }

  /** Never throws: what goes wrong is answered to the writes that it concerns. `appended`: the next may be appended now. */
  async #flush(batch: Map<string, Write[]>, appended: () => void): Promise<void> {
    this.stats.flushes += 1;
    const { collections } = this.#options;
    let jobs: Job[];
    try {
      // L2, L3: the end of each room first, then what its commands need at that end, then the entries.
      const computed = await computeRooms(this.#options, batch, await this.#readEnds(batch));
      await this.#storeNewHeads(computed.filter(isJob));
      const doubtful = computed.filter(({ entry, justRead }) => !entry && !justRead);
      const moved = await roomsMoved(
        collections,
        doubtful.map(({ end }) => end),
      );
      jobs = this.#jobsOf(computed, moved);
    } catch (error) {
      this.#notAppended(batch, error);
      return;
    }
    if (jobs.length === 0) return;
    for (const write of jobs.flatMap(({ writes }) => writes)) if (write.state === 'waiting') write.state = 'sent';
    for (const { room } of jobs) this.#ends.forget(room);
    try {
      const watch = { unsettled: (error: unknown) => this.#unsettled(error) };
      const verdicts = await append(
        collections,
        jobs.map(({ entry }) => entry),
        watch,
      );
      const finished = this.#finish(jobs.filter((job) => this.#isStored(job, verdicts.get(job.entry)!)));
      appended();
      await finished;
    } catch (error) {
      // Only a bug comes here; the entries may be stored, so nobody is told that they are not.
      this.#options.logger.error(`a flush failed: ${String(error)}`);
      for (const write of jobs.flatMap(({ writes }) => writes))
        if (write.state !== 'done') write.reject(new Fault('outcome_unknown', undefined, { cause: error }));
    }
  }

  /**
   * What is to be appended. Answers what changes nothing, and sends back what must be computed anew: in a room that
   * moved, and where a write has expired meanwhile, whose caller was told that it is not stored.
   */
  #jobsOf(computed: readonly Computed[], moved: ReadonlySet<string>): Job[] {
    const jobs: Job[] = [];
    for (const one of computed) {
      const { room, entry, writes, rest } = one;
      this.#queue.putBack(room, rest, 0);
      const isVoid = moved.has(room) || (!entry && showsBeyond(one));
      if (isVoid) this.#ends.forget(room);
      if (isVoid || (entry && writes.some(({ state }) => state === 'done'))) this.#queue.putBack(room, writes, 0);
      else if (isJob(one)) jobs.push(one);
      else answer(one);
    }
    return jobs;
  }

  /** Takes a room whose end cannot be read out of the batch: its log cannot be shown, which is a bug, and only its own. */
  async #readEnds(batch: Map<string, Write[]>): Promise<EndsOfFlush> {
    const ends = new Map<string, End>();
    const unknown: string[] = [];
    for (const room of batch.keys()) {
      const end = this.#ends.get(room);
      if (end) ends.set(room, end);
      else unknown.push(room);
    }
    const read = async (rooms: string[]) => {
      if (rooms.length === 0) return;
      try {
        for (const [room, head] of await readEnds(this.#options.collections, rooms))
          ends.set(room, this.#ends.read(head));
      } catch (error) {
        if (isUnsettled(error)) throw error;
        if (rooms.length > 1) for (const room of rooms) await read([room]);
        else this.#stuck(rooms[0]!, batch, error);
      }
    };
    await read(unknown);
    return { ends, justRead: new Set(unknown), isSettled: (end) => this.#ends.isSettled(end) };
  }

  #stuck(room: string, batch: Map<string, Write[]>, error: unknown): void {
    this.stats.projectionFailures += 1;
    this.#options.logger.error(`room ${room} takes no writes, its log cannot be shown: ${String(error)}`);
    for (const write of batch.get(room)!) write.reject(new Fault('not_stored', undefined, { cause: error }));
    batch.delete(room);
  }

  /** L8: a room's first entry carries the epoch that its stored head has. */
  async #storeNewHeads(jobs: readonly Job[]): Promise<void> {
    const first = jobs.filter(({ end }) => end.rev === 0);
    const epochs = await storeNewHeads(
      this.#options.collections,
      first.map(({ end }) => end),
    );
    for (const { room, entry } of first) {
      entry.epoch = epochs.get(room)!;
      entry.head.epoch = entry.epoch;
    }
  }

  /** Nothing was appended: the writes wait for the database until their deadlines, or are told what is wrong. */
  #notAppended(batch: ReadonlyMap<string, Write[]>, error: unknown): void {
    const unreachable = isUnsettled(error) || error instanceof Fault;
    if (unreachable) this.#options.logger.warn(`writes wait, the database does not answer: ${String(error)}`);
    for (const [room, writes] of batch) {
      const open = writes.filter(({ state }) => state === 'waiting');
      if (unreachable) this.#queue.putBack(room, open, UNREACHABLE_MS);
      else for (const write of open) write.reject(error);
    }
  }

  #unsettled(error: unknown): void {
    this.stats.unsettled += 1;
    this.#options.logger.warn(`an append has no outcome yet and is being settled: ${String(error)}`);
  }

  /** Sends what was not stored back to the queue (a lost race), or apart into the next flushes (a refused entry). */
  #isStored({ room, writes }: Job, verdict: Verdict): boolean {
    if (verdict.kind === 'stored') return true;
    if (verdict.kind === 'conflict') {
      this.stats.conflicts += 1;
      this.#queue.putBack(room, writes, RETRY_MS[0] + Math.random() * (RETRY_MS[1] - RETRY_MS[0]));
      return false;
    }
    this.stats.refused += 1;
    this.#options.logger.error(`the database refused an entry of ${room}: ${String(verdict.cause)}`);
    if (writes.length === 1) writes[0]!.reject(new Error('the database refused the write', { cause: verdict.cause }));
    else {
      for (const write of writes) write.alone = true;
      this.#queue.putBack(room, writes, 0);
    }
    return false;
  }

  /** L4: projects what is stored, and answers once every reader can see it. */
  async #finish(stored: readonly Job[]): Promise<void> {
    const { failed, moved } = await project(
      this.#options.collections,
      stored.map(({ entry }) => entry),
    );
    if (!moved) {
      const shown = stored.map(({ entry }) => entry).filter((entry) => !failed.has(entry));
      for (const [entry, problem] of await confirmHeads(this.#options.collections, shown)) failed.set(entry, problem);
    }
    for (const [entry, problem] of failed) {
      this.stats.projectionFailures += 1;
      this.#options.logger.error(
        `entry ${entry.from}-${entry.to} of ${entry.room} is stored but cannot be shown: ${problem.message}`,
      );
      for (const write of stored.find((job) => job.entry === entry)!.writes)
        write.reject(new Fault('outcome_unknown', undefined, { cause: problem }));
    }
    const sound = stored.filter(({ entry }) => !failed.has(entry));
    this.#options.written(sound.map(({ entry }) => entry));
    for (const job of sound) {
      this.stats.entries += 1;
      this.stats.changes += job.entry.changes.length;
      if (moved) this.#ends.set(job.room, { head: job.entry.head, since: job.since });
      answer(job);
    }
  }
}
