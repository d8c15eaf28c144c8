import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import type { Config } from '#shared/config.ts';
import type { AnyEvent } from '#shared/events/parse.ts';
import type { KafkaConfig } from '#shared/kafka/client.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';
import { sayOnce } from '#shared/say-once.ts';
import { Producer, SendAbortedError } from '#shared/kafka/producer.ts';
import { awaitTopics, ensureTopics, topicOf } from '#shared/kafka/topics.ts';
import { isUnavailable } from '#shared/mongo-faults.ts';
import { pause } from '#shared/pause.ts';
import { follow } from '#shared/relay/follow.ts';
import { loadPlace } from '#shared/relay/place.ts';
import { keepImages } from '#shared/relay/images.ts';
import { Sender, type SenderStats } from '#shared/relay/sender.ts';
import type { Source } from '#shared/relay/source.ts';
import type { Clock } from '#shared/room-log/clock.ts';
import { holdLease, releaseLease } from '#shared/room-log/lease.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import type { Millis } from '#shared/room-log/types.ts';

/** How long the lease holds and how often it is renewed, in ms: so long after a SIGKILL another process takes over. */
const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** Between two looks at the lease of another, and after a failure, in ms. */
const PAUSE_MS = 1_000;
/** A connection with a request under way may close only at the request's time-out: nobody waits longer than this, in ms. */
const CLOSE_MS = 1_000;
export interface RelayOptions {
  db: Db;
  clock: Clock;
  config: KafkaConfig & Pick<Config, 'kafkaTopicPrefix'>;
  logger: KafkaLogger;
  /** The database's (L8). */
  generation: string;
  source: Source;
}

export interface RelayStats extends SenderStats {
  /** Events sent from what is stored, for want of a token. */
  backfilled: number;
  /** Tokens that the database could not go on from. */
  lostPlaces: number;
  failures: number;
}

/**
 * Sends what a source brings to Kafka: at least once, in the order of the change stream, and moves its place only after
 * Kafka acknowledged. One relay of a name runs at a time, under a lease; two at once only send twice. While Kafka is
 * away nothing is read: the database keeps what is to be sent, and memory holds one answer of the stream.
 */
export class Relay {
  readonly stats: RelayStats = { events: 0, references: 0, backfilled: 0, lostPlaces: 0, failures: 0 };
  readonly #options: RelayOptions;
  readonly #holder = randomUUID();
  readonly #stopping = new AbortController();
  readonly #warn: (message: string) => void;
  #running: Promise<void> | undefined;
  #leading = false;
  #producer: Producer | undefined;
  /** Up to when all is sent; null while nothing waits. */
  #behindSince: Millis | null = null;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#warn = sayOnce((message) => options.logger.warn(message));
  }

  get name(): string {
    return this.#options.source.name;
  }

  /** True while this process has the lease. */
  get leading(): boolean {
    return this.#leading;
  }

  /** How long what waits to be sent has been waiting, in ms; 0 when nothing waits, or another process sends. */
  get lagMs(): Millis {
    return this.#leading && this.#behindSince !== null ? Math.max(0, this.#options.clock.now() - this.#behindSince) : 0;
  }

  /** What is wrong with Kafka, as far as this process knows. */
  get problem(): string | null {
    return this.#leading ? (this.#producer?.problem ?? null) : null;
  }

  /** Begins, in the background; answers at once. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends what is under way, stores the place where it can, and gives the lease up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if (await this.#hold()) await this.#lead();
      } catch (error) {
        this.stats.failures += 1;
        this.#warn(`the relay of ${this.name} failed and tries again: ${String(error)}`);
      }
      await pause(PAUSE_MS, signal, false);
    }
    const { meta } = collectionsOf(this.#options.db);
    // Where the database is away the lease ends by itself.
    await releaseLease(meta, this.#lease, this.#holder).catch(() => undefined);
  }

  get #lease(): string {
    return `relay-${this.name}`;
  }

  #hold(): Promise<boolean> {
    const { db, clock } = this.#options;
    return holdLease(collectionsOf(db).meta, this.#lease, this.#holder, clock.now(), LEASE_MS);
  }

  /** Sends for as long as the lease is held. Throws the driver's errors; what they cut off comes again from the place. */
  async #lead(): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([lost.signal, this.#stopping.signal]);
    const renew = async () => {
      try {
        if (!(await this.#hold())) lost.abort();
      } catch (error) {
        this.#warn(`${this.#lease} is not renewed: ${String(error)}`);
      }
    };
    const renewal = setInterval(() => void renew(), RENEW_MS).unref();
    this.#leading = true;
    try {
      await this.#send(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      if (!(error instanceof SendAbortedError))
        this.#options.logger.debug(`the relay of ${this.name}: ${String(error)}`);
    } finally {
      clearInterval(renewal);
      await Promise.race([this.#producer?.close(), sleep(CLOSE_MS, undefined, { ref: false })]);
      this.#producer = undefined;
      this.#leading = false;
    }
  }

  /** From the first topic on. Ends by an error only. */
  async #send(signal: AbortSignal): Promise<void> {
    const { db, clock, config, logger, generation, source } = this.#options;
    await this.#keepImages();
    const topic = topicOf(config, source.topic);
    const topics = { config, logger, topics: [topic] };
    // Until the stream is read nobody knows whether something waits; a lag that is wrong for a moment is the lesser evil.
    this.#behindSince = (await loadPlace(db, source.name))?.sentTo || clock.now();
    if (!(await awaitTopics(topics, signal))) return;
    const beforeRetry = (aborted: AbortSignal) => ensureTopics(topics, aborted);
    this.#producer = new Producer({ config, logger, beforeRetry });
    const tooLarge = ({ type, id }: AnyEvent) =>
      this.#warn(`Kafka refused ${type} ${id} as too large: sent without its state`);
    await follow({
      db,
      source,
      generation,
      signal,
      sender: new Sender(this.#producer, topic, this.stats, tooLarge),
      waiting: (since) => (this.#behindSince = since),
      lostPlace: (error) => {
        this.stats.lostPlaces += 1;
        this.#warn(`the relay of ${this.name} lost its place and sends what is stored: ${String(error)}`);
      },
      backfilled: (events) => (this.stats.backfilled += events),
    });
  }

  async #keepImages(): Promise<void> {
    const { db, source } = this.#options;
    try {
      await keepImages(db, source.images ?? []);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.#warn(
        `the relay of ${this.name} may not have images kept, so some deletions will not be told: ${String(error)}`,
      );
    }
  }
}
