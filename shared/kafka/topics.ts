import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { Config } from '#shared/config.ts';
import { createClient, type KafkaConfig } from '#shared/kafka/client.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';
import { MIB } from '#shared/limits.ts';
import { pause } from '#shared/pause.ts';

/** Topics by what they carry; `topicOf` makes the name. */
export type TopicKind = 'messages' | 'groups' | 'profiles' | 'dead-letters';

/** The name of a topic: `tm.messages`. */
export const topicOf = ({ kafkaTopicPrefix }: Pick<Config, 'kafkaTopicPrefix'>, kind: TopicKind): string =>
  `${kafkaTopicPrefix}.${kind}`;

/** Bytes of the largest message that topics of ours take: 4 MiB and what Kafka puts around it. */
export const MAX_MESSAGE_BYTES = 4 * MIB + 64 * 1024;

/** Between two tries while Kafka is away, in ms. */
const PAUSE_MS = 1_000;
/** How long a topic that was made may be unknown to the broker, in ms, and how often it is asked. */
const THERE_MS = 10_000;
const POLL_MS = 20;

export interface TopicOptions {
  config: KafkaConfig;
  logger: KafkaLogger;
  /** Full names. */
  topics: readonly string[];
  /** Other than MAX_MESSAGE_BYTES. */
  maxMessageBytes?: number;
}

/**
 * Creates those that are missing, with the configured partitions and copies; the others stay as they are. Safe for
 * several programs at once. Throws kafkajs' error after some 20 s without Kafka.
 */
export async function ensureTopics(options: TopicOptions, signal?: AbortSignal): Promise<void> {
  const { config, logger, topics, maxMessageBytes = MAX_MESSAGE_BYTES } = options;
  const client = createClient(config, logger);
  const admin = client.kafka.admin();
  const cut = () => client.cut();
  signal?.addEventListener('abort', cut);
  try {
    signal?.throwIfAborted();
    await admin.connect();
    const there = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !there.has(topic));
    if (missing.length === 0) return;
    await admin.createTopics({
      // It fails while the broker has not heard of the topic from the controller.
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: config.kafkaPartitions,
        replicationFactor: config.kafkaReplication,
        configEntries: [
          { name: 'max.message.bytes', value: String(maxMessageBytes) },
          { name: 'cleanup.policy', value: 'delete' },
        ],
      })),
    });
    await untilThere(admin, missing, signal);
    logger.info(`Kafka topics ready: ${missing.join(', ')}`);
  } finally {
    signal?.removeEventListener('abort', cut);
    await admin.disconnect().catch((error: unknown) => logger.debug(`Kafka: ${String(error)}`));
    client.cut();
  }
}

/** Resolves once the broker knows the topics, so that what is sent to them next is not refused. */
async function untilThere(admin: Admin, topics: readonly string[], signal?: AbortSignal): Promise<void> {
  const until = performance.now() + THERE_MS;
  for (;;) {
    signal?.throwIfAborted();
    const there = new Set(await admin.listTopics());
    if (topics.every((topic) => there.has(topic))) return;
    if (performance.now() > until) throw new Error(`not there after ${THERE_MS / 1_000} s: ${topics.join(', ')}`);
    await sleep(POLL_MS);
  }
}

/** As `ensureTopics`, for as long as Kafka is away; false once `signal` aborts. */
export async function awaitTopics(options: TopicOptions, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await ensureTopics(options, signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      options.logger.warn(`Kafka does not have the topics yet: ${String(error)}`);
    }
    await pause(PAUSE_MS, signal);
  }
  return false;
}
