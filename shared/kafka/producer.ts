import { CompressionTypes, Partitioners, type Producer as KafkajsProducer } from 'kafkajs';
import { type Client, createClient, type KafkaConfig, RETRY, rootOf } from '#shared/kafka/client.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';
import { sayOnce } from '#shared/say-once.ts';
import { pause } from '#shared/pause.ts';

/** A message to send. All of one key go to one partition, in order. */
export interface Outgoing {
  key: string;
  value: string | Buffer;
  headers?: Record<string, string>;
}

/** Kafka will never take one of these messages as it is: it is too large for the topic. */
export class MessageTooLargeError extends Error {
  override readonly name = 'MessageTooLargeError';
}

/** The producer was closed, or the call's signal aborted; whether Kafka has the messages is not known. */
export class SendAbortedError extends Error {
  override readonly name = 'SendAbortedError';
}

/** Codes of Kafka's answers about size: MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE. */
const TOO_LARGE = new Set<unknown>([10, 18]);
const PAUSE_MS = 1_000;

export interface ProducerOptions {
  config: KafkaConfig;
  logger: KafkaLogger;
  /** Called before a try that follows a failed one: the place to make sure of the topics. */
  beforeRetry?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Sends to Kafka, durably (all in-sync replicas) and in order, one call at a time, for as long as it takes. A repeat
 * after a lost answer is recognised by Kafka (idempotent producer), except across a producer that had to be replaced:
 * so messages arrive at least once.
 */
export class Producer {
  readonly #options: ProducerOptions;
  readonly #closing = new AbortController();
  readonly #warn: (message: string) => void;
  #current: { client: Client; producer: KafkajsProducer; connected: boolean } | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #problem: string | null = 'not connected yet';
  #retries = 0;

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#warn = sayOnce((message) => options.logger.warn(message));
  }

  /** What is wrong with the connection, as far as the last call showed; null when nothing is. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Calls that failed and were made again. */
  get retries(): number {
    return this.#retries;
  }

  /**
   * Resolves once Kafka has all of them. Calls wait for each other. Throws MessageTooLargeError (then some may have
   * been stored) and SendAbortedError; nothing else: whatever is wrong with Kafka is waited for.
   */
  send(topic: string, messages: readonly Outgoing[], signal?: AbortSignal): Promise<void> {
    const mine = this.#tail.then(() => this.#send(topic, messages, signal));
    // Its error is told to whoever sent it; the next call only waits for its turn.
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  /** Ends what is under way with SendAbortedError, and disconnects. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#problem = 'closed';
    await this.#drop();
  }

  async #send(topic: string, messages: readonly Outgoing[], given?: AbortSignal): Promise<void> {
    const signal = given ? AbortSignal.any([given, this.#closing.signal]) : this.#closing.signal;
    for (let attempt = 0; ; attempt += 1) {
      if (signal.aborted) throw new SendAbortedError('not sent: the producer is closing');
      try {
        if (attempt > 0) await this.#options.beforeRetry?.(signal);
        await this.#try(topic, messages, signal);
        this.#problem = null;
        return;
      } catch (error) {
        const root = rootOf(error);
        // A refused partition sets back kafkajs' count of all partitions of the call, also of those that took their part:
        // Kafka would take what comes next for repeats and drop it. After errors that are tried again the same messages
        // come next, and the counts are right.
        if (!mayKeep(root)) await this.#drop();
        if (isTooLarge(root)) throw new MessageTooLargeError(`too large for ${topic}`, { cause: error });
        if (signal.aborted) throw new SendAbortedError('aborted while sending', { cause: error });
        this.#retries += 1;
        this.#problem = String(root);
        this.#warn(`Kafka does not take messages for ${topic}, trying on: ${String(root)}`);
        await pause(PAUSE_MS, signal);
      }
    }
  }

  /** One call of kafkajs, which makes its own tries; an abort ends it, and the client with it. */
  async #try(topic: string, messages: readonly Outgoing[], signal: AbortSignal): Promise<void> {
    this.#current ??= this.#make();
    const { client, producer } = this.#current;
    const cut = () => client.cut();
    signal.addEventListener('abort', cut);
    try {
      if (!this.#current.connected) await producer.connect();
      this.#current.connected = true;
      await producer.send({ topic, messages: messages.slice(), acks: -1, compression: CompressionTypes.ZSTD });
    } finally {
      signal.removeEventListener('abort', cut);
      if (signal.aborted) await this.#drop();
    }
  }

  #make(): { client: Client; producer: KafkajsProducer; connected: boolean } {
    const client = createClient(this.#options.config, this.#options.logger);
    const producer = client.kafka.producer({
      idempotent: true,
      retry: RETRY,
      // More would let a later batch of a room overtake one that is tried again.
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    return { client, producer, connected: false };
  }

  async #drop(): Promise<void> {
    const dropped = this.#current;
    this.#current = undefined;
    if (!dropped) return;
    dropped.client.cut();
    await dropped.producer
      .disconnect()
      .catch((error: unknown) => this.#options.logger.debug(`Kafka: ${String(error)}`));
  }
}

const mayKeep = (root: unknown): boolean => root instanceof Error && 'retriable' in root && root.retriable === true;

const isTooLarge = (root: unknown): boolean => root instanceof Error && 'code' in root && TOO_LARGE.has(root.code);
