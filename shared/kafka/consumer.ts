import type { Consumer as KafkajsConsumer, EachBatchPayload } from 'kafkajs';
import { type Batch, batchOf, type Partition, type Position } from '#shared/kafka/batch.ts';
import { type Client, createClient, type KafkaConfig } from '#shared/kafka/client.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';
import { sayOnce } from '#shared/say-once.ts';
import { pause } from '#shared/pause.ts';

/**
 * A member that is silent for so long, in ms, loses its partitions: so long they stand still after a SIGKILL. Brokers
 * allow no less unless they are told to.
 */
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_MS = 1_500;
/** How long a rebalance waits for members that still work on a batch, in ms. */
const REBALANCE_TIMEOUT_MS = 30_000;
/** How long a fetch waits for something new, and so how long stopping may take, in ms. */
const FETCH_WAIT_MS = 1_000;
/** Without an answer for so long, in ms, there is a problem: several fetches would have come back. */
const SILENCE_MS = 6_000;
const PAUSE_MS = 1_000;
/** Leaving the group in order lets the others take over at once; after so long, in ms, they find out themselves. */
const LEAVE_MS = 3_000;

export interface ConsumerOptions {
  config: KafkaConfig;
  logger: KafkaLogger;
  groupId: string;
  /** Full names. They should exist: see `awaitTopics`. */
  topics: readonly string[];
  /** Where a group without a committed offset begins. Default: with the oldest message. */
  from?: 'earliest' | 'latest';
  /**
   * Takes what came; one call at a time. The partition is read on once it resolves, and not before: that is the
   * back-pressure. What it throws is logged, and the batch comes again.
   */
  take: (batch: Batch) => Promise<void>;
  /**
   * The partitions that are held from now on, after every join and rebalance; empty when the connection is lost. What was
   * taken before and is not committed will come again, here or elsewhere.
   */
  assigned?: (held: readonly Partition[]) => void;
}

type Commit = EachBatchPayload['commitOffsetsIfNecessary'];

const keyOf = ({ topic, partition }: Partition): string => `${topic}/${partition}`;

/**
 * Reads topics as a member of a group, with offsets committed by hand, for as long as it is not closed: whatever is
 * wrong with Kafka is waited for. Every message comes at least once, those of a partition in order.
 */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #closing = new AbortController();
  readonly #warn: (message: string) => void;
  #running: Promise<void> | undefined;
  #commit: Commit | undefined;
  /** Counts joins: what belongs to an earlier one must not move the positions of this one. */
  #generation = 0;
  #heard: number | undefined;
  #problem: string | null = 'not connected yet';
  #held: ReadonlySet<string> = new Set();
  readonly #ends = new Map<string, number>();
  readonly #committed = new Map<string, Position>();

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#warn = sayOnce((message) => options.logger.warn(message));
  }

  /** Begins to read; answers at once. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** What is wrong with the connection; null when nothing is. */
  get problem(): string | null {
    if (this.#problem !== null || this.#heard === undefined) return this.#problem;
    const silence = performance.now() - this.#heard;
    return silence > SILENCE_MS ? `Kafka has not answered for ${Math.round(silence / 1_000)} s` : null;
  }

  /** By `topic/partition`, of those held: messages that had arrived by the last fetch and are not committed yet. */
  get lag(): Record<string, number> {
    return Object.fromEntries(
      [...this.#ends].map(([key, end]) => [key, Math.max(0, end - (this.#committed.get(key)?.offset ?? 0))]),
    );
  }

  /**
   * Commits positions. False when Kafka did not take all of them (it is away, the group is changing, or a partition is
   * held by another member by now, whose position it must not move back): what lies behind them then comes again, unless
   * a later commit covers it.
   */
  async commit(all: readonly Position[]): Promise<boolean> {
    const positions = all.filter((position) => this.#held.has(keyOf(position)));
    const commit = this.#commit;
    if (positions.length === 0 || !commit) return all.length === 0;
    const topics = Map.groupBy(positions, ({ topic }) => topic);
    try {
      await commit({
        topics: [...topics].map(([topic, partitions]) => ({
          topic,
          partitions: partitions.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
        })),
      });
    } catch (error) {
      this.#options.logger.debug(`Kafka did not take a commit: ${String(error)}`);
      return false;
    }
    for (const position of positions) this.#committed.set(keyOf(position), position);
    return positions.length === all.length;
  }

  /** Ends reading, once the batch under way is taken, and leaves the group. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    this.#problem = 'closed';
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const client = createClient(this.#options.config, this.#options.logger);
      try {
        await this.#once(client);
      } catch (error) {
        if (!signal.aborted) this.#lost(error);
      } finally {
        client.cut();
      }
      await pause(PAUSE_MS, signal);
    }
  }

  #lost(error: unknown): void {
    this.#problem = String(error);
    this.#warn(`Kafka cannot be read from, trying on: ${String(error)}`);
    this.#assigned([]);
  }

  /** Connects, joins and reads until something breaks that kafkajs does not mend, or until closed. */
  async #once(client: Client): Promise<void> {
    const { groupId, topics, from = 'earliest' } = this.#options;
    const consumer = client.kafka.consumer({
      groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      // It would begin again with the state that broke; here all is made anew.
      retry: { restartOnFailure: async () => false },
    });
    const { signal } = this.#closing;
    const ended = Promise.withResolvers<void>();
    const cut = () => ended.resolve();
    signal.addEventListener('abort', cut);
    // A consumer that connects does not listen to us yet, and without Kafka there is nobody to take leave of.
    const late = () => setTimeout(() => client.cut(), this.problem === null ? LEAVE_MS : 0).unref();
    signal.addEventListener('abort', late);
    this.#listen(consumer, (error) => ended.reject(error));
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: from === 'earliest' });
      const eachBatch = (payload: EachBatchPayload) => this.#take(payload);
      if (!signal.aborted) await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
      if (!signal.aborted) await ended.promise;
    } finally {
      this.#commit = undefined;
      await consumer
        .disconnect()
        .catch((error: unknown) => this.#options.logger.debug(`Kafka: leaving the group: ${String(error)}`));
      signal.removeEventListener('abort', cut);
      signal.removeEventListener('abort', late);
    }
  }

  #listen(consumer: KafkajsConsumer, crashed: (error: Error) => void): void {
    const { GROUP_JOIN, FETCH, HEARTBEAT, CRASH } = consumer.events;
    const heard = () => (this.#heard = performance.now());
    consumer.on(FETCH, heard);
    consumer.on(HEARTBEAT, heard);
    consumer.on(CRASH, ({ payload }) => crashed(payload.error));
    consumer.on(GROUP_JOIN, ({ payload }) => {
      heard();
      this.#problem = null;
      const held = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      this.#assigned(held);
    });
  }

  #assigned(held: readonly Partition[]): void {
    this.#generation += 1;
    this.#held = new Set(held.map(keyOf));
    for (const map of [this.#ends, this.#committed])
      for (const key of map.keys()) if (!this.#held.has(key)) map.delete(key);
    this.#options.assigned?.(held);
  }

  async #take(payload: EachBatchPayload): Promise<void> {
    const batch = batchOf(payload);
    const generation = this.#generation;
    this.#commit = (offsets) => payload.commitOffsetsIfNecessary(offsets);
    this.#ends.set(keyOf(batch), batch.end);
    if (!this.#committed.has(keyOf(batch)))
      this.#committed.set(keyOf(batch), { ...batch, offset: batch.messages[0]!.offset });
    // A batch that takes long must not cost the membership. A heartbeat that fails needs no handling here: the next fetch
    // fails then, too.
    const beat = setInterval(() => void payload.heartbeat().catch(() => undefined), HEARTBEAT_MS);
    try {
      await this.#options.take(batch);
    } finally {
      clearInterval(beat);
    }
    if (generation === this.#generation) payload.resolveOffset(payload.batch.lastOffset());
  }
}
