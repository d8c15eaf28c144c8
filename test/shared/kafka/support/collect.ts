import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Incoming } from '#shared/kafka/batch.ts';
import type { KafkaConfig } from '#shared/kafka/client.ts';
import { Consumer, type ConsumerOptions } from '#shared/kafka/consumer.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';

export const quiet: KafkaLogger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

export const kafkaConfig = (bootstrap: string, more: Partial<KafkaConfig> = {}): KafkaConfig => ({
  kafkaBootstrap: [bootstrap],
  kafkaClientId: 'test',
  kafkaPartitions: 3,
  kafkaReplication: 1,
  ...more,
});

/** Longer than anything takes on a busy machine. */
const PATIENCE_MS = 90_000;

/** Resolves once it holds; rejects when it does not for too long, since what waits for ever would keep the process. */
export async function until(holds: () => boolean): Promise<void> {
  const over = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > over) throw new Error(`still not: ${holds.toString()}`);
    await sleep(10);
  }
}

/** A group member that keeps all it gets. */
export class Member {
  readonly consumer: Consumer;
  readonly messages: Incoming[] = [];
  /** How many partitions it held after each join; 0 when it lost the connection. */
  readonly holdings: number[] = [];

  constructor(options: Omit<ConsumerOptions, 'take' | 'assigned' | 'logger'>, commits = true) {
    this.consumer = new Consumer({
      ...options,
      logger: quiet,
      assigned: (held) => void this.holdings.push(held.length),
      take: async (batch) => {
        this.messages.push(...batch.messages);
        if (commits) await this.consumer.commit([after(batch)]);
      },
    });
    this.consumer.start();
  }

  get holds(): number {
    return this.holdings.at(-1) ?? 0;
  }

  values(key?: string): string[] {
    return this.messages.filter((one) => key === undefined || one.key === key).map((one) => String(one.value));
  }
}

/** The position behind a batch. */
export const after = ({ topic, partition, messages }: Batch) => ({
  topic,
  partition,
  offset: messages.at(-1)!.offset + 1,
});
