import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { createClient, type KafkaConfig, rootOf } from '#shared/kafka/client.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';

/** What a partition holds, and how far a group has read it. */
export interface Extent {
  partition: number;
  /** Offset of the oldest message that is still there. */
  begin: number;
  /** The offset that the next message will get. */
  end: number;
  /** Where the group goes on reading; `begin` without a position of its own. */
  position: number;
}

/** For how long the brokers may be about who keeps the group's positions, in ms: at the first start of a Kafka, or a move. */
const MOVING_MS = 10_000;
const POLL_MS = 200;

/** kafkajs asks once, also when the answer is that it should ask again. */
async function positionsOf(admin: Admin, groupId: string, topics: string[]) {
  const until = performance.now() + MOVING_MS;
  for (;;) {
    try {
      return await admin.fetchOffsets({ groupId, topics });
    } catch (error) {
      const root = rootOf(error);
      const again = root instanceof Error && 'retriable' in root && root.retriable === true;
      if (!again || performance.now() > until) throw error;
    }
    await sleep(POLL_MS);
  }
}

/** By topic, of those that exist. Throws kafkajs' error after some 20 s without Kafka. */
export async function extentsOf(
  config: KafkaConfig,
  logger: KafkaLogger,
  { topics, groupId }: { topics: readonly string[]; groupId: string },
): Promise<Map<string, Extent[]>> {
  const admin = createClient(config, logger).kafka.admin();
  await admin.connect();
  try {
    const there = new Set(await admin.listTopics());
    const found = topics.filter((topic) => there.has(topic));
    if (found.length === 0) return new Map();
    const positions = await positionsOf(admin, groupId, found);
    const entries = found.map(async (topic) => {
      const read = positions.find((one) => one.topic === topic)?.partitions ?? [];
      const extents = (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => {
        const committed = Number(read.find((one) => one.partition === partition)?.offset ?? -1);
        return { partition, begin: Number(low), end: Number(high), position: Math.max(committed, Number(low)) };
      });
      return [topic, extents] as const;
    });
    return new Map(await Promise.all(entries));
  } finally {
    await admin.disconnect();
  }
}
