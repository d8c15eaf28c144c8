import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#shared/config.ts';
import { monotonic } from '#shared/deadline.ts';
import type { Batch } from '#shared/kafka/batch.ts';
import { Consumer } from '#shared/kafka/consumer.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';
import { sayOnce } from '#shared/say-once.ts';
import { Producer, SendAbortedError } from '#shared/kafka/producer.ts';
import { awaitTopics, topicOf } from '#shared/kafka/topics.ts';
import { pause } from '#shared/pause.ts';
import type { ReadModel } from '#shared/read-model/read-model.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import { sendDeadLetters } from '#services/readmodel/dead-letters.ts';
import { sort, type Sorted } from '#services/readmodel/intake.ts';
import { Pending } from '#services/readmodel/pending.ts';
import { WindowWriter } from '#services/readmodel/window-writer.ts';

/** How often it is looked what is due, in ms. */
const TURN_MS = 200;
/** Windows written at once: one may take 4 MiB on its way. And in one turn, so that commits come often. */
const AT_ONCE = 4;
const A_TURN = 64;
/** Rooms that may wait. Beyond it all are written without waiting longer, and the topic is read on when they are. */
const MAX_ROOMS = 10_000;
/** Pause before a batch that the database could not be asked about is tried again, in ms. */
const RETRY_MS = 1_000;
/** Pause of a batch while too many rooms wait, in ms. */
const ROOM_MS = 50;

export interface FollowerOptions {
  config: Config;
  logger: KafkaLogger;
  rooms: Rooms;
  model: ReadModel;
  /** When a window is written. Default: WRITE_AT. */
  writeAt?: { changes: number; ms: number };
}

/**
 * Keeps the read model up with the `messages` topic. Offsets are committed only up to what is written, so whatever dies
 * here, its changes come again, to this process or another.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #stopping = new AbortController();
  readonly #pending: Pending;
  readonly #consumer: Consumer;
  readonly #producer: Producer;
  readonly #writer: WindowWriter;
  readonly #warn: (message: string) => void;
  readonly #intake = { events: 0, dropped: 0, dead_letters: 0 };
  #running: Promise<unknown> | undefined;

  constructor(options: FollowerOptions) {
    const { config, logger, rooms, model } = options;
    this.#options = options;
    this.#pending = new Pending(options.writeAt);
    this.#warn = sayOnce((message) => logger.warn(message));
    this.#writer = new WindowWriter(rooms, model, logger);
    this.#producer = new Producer({ config, logger });
    this.#consumer = new Consumer({
      config,
      logger,
      groupId: config.kafkaGroupId,
      topics: [topicOf(config, 'messages')],
      from: 'earliest',
      take: (batch) => this.#take(batch),
      assigned: (held) => this.#pending.hold(held),
    });
  }

  /** Begins; answers at once. Whatever is wrong with Kafka or the database is waited for. */
  start(): void {
    this.#running ??= Promise.all([this.#follow(), this.#write()]);
  }

  /** What keeps events from coming; null when nothing does. */
  get problem(): string | null {
    return this.#consumer.problem;
  }

  /** By `topic/partition`, of those held here: events that are not in a stored window yet. */
  get lag(): Record<string, number> {
    return this.#consumer.lag;
  }

  get stats(): Record<string, number> {
    return { ...this.#intake, ...this.#writer.stats };
  }

  /** Rooms whose windows wait to be written. */
  get waiting(): number {
    return this.#pending.size;
  }

  /** Ends. What waits is not written: it comes again to whoever reads on, and is due by then. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#consumer.close(), this.#producer.close()]);
    await this.#running;
  }

  async #follow(): Promise<void> {
    const { config, logger } = this.#options;
    const topics = [topicOf(config, 'messages'), topicOf(config, 'dead-letters')];
    if (await awaitTopics({ config, logger, topics }, this.#stopping.signal)) this.#consumer.start();
  }

  async #take(batch: Batch): Promise<void> {
    const { signal } = this.#stopping;
    const holding = this.#pending.holding(batch);
    const sorted = await this.#sorted(batch);
    while (this.#pending.size >= MAX_ROOMS && !signal.aborted) await sleep(ROOM_MS);
    // Lost meanwhile, or stopping: all of it comes again.
    if (!sorted || holding === undefined || this.#pending.holding(batch) !== holding || signal.aborted) return;
    const { topic, partition, messages } = batch;
    for (const change of sorted.announced) this.#pending.add(change);
    this.#pending.taken({ topic, partition, offset: messages.at(-1)!.offset + 1 });
    this.#intake.events += messages.length;
    this.#intake.dropped += sorted.dropped;
    this.#intake.dead_letters += sorted.deadLetters.length;
  }

  /** The batch sorted, and what is none of ours put aside; undefined when it stops before that is done. */
  async #sorted(batch: Batch): Promise<Sorted | undefined> {
    const { config, rooms } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const sorted = await sort(rooms, this.#writer.saved, batch);
        await sendDeadLetters(this.#producer, topicOf(config, 'dead-letters'), sorted.deadLetters, signal);
        return sorted;
      } catch (error) {
        if (error instanceof SendAbortedError) return undefined;
        this.#warn(`events wait: ${String(error)}`);
      }
      await pause(RETRY_MS, signal);
    }
    return undefined;
  }

  async #write(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const due = this.#pending.begin(monotonic(), A_TURN, this.#pending.size >= MAX_ROOMS);
      const worker = async () => {
        for (let item = due.pop(); item; item = due.pop()) {
          const verdict = await this.#writer.write(item);
          if (verdict === null) this.#pending.done(item);
          else this.#pending.again(item, verdict);
        }
      };
      const busy = due.length > 0;
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      const positions = this.#pending.positions();
      if (await this.#consumer.commit(positions)) this.#pending.committed(positions);
      if (!busy) await pause(TURN_MS, signal);
    }
  }
}
