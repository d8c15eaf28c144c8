import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { ConfigError } from '#shared/config.ts';
import { Consumer } from '#shared/kafka/consumer.ts';
import { topicOf } from '#shared/kafka/topics.ts';
import { type EventsConfig, logger, lookInto } from '#tools/events/kafka.ts';
import { lineOf } from '#tools/events/lines.ts';
import { progress } from '#tools/mongod/progress.ts';

export interface TailOptions {
  /** Only events of this room or group, by its canonical id. */
  room?: string;
  /** From the oldest event that Kafka still has; else those that come from now on. */
  all: boolean;
  /** Each message's value as it is, for other programs. */
  json: boolean;
}

/**
 * Prints events as they come, until `signal` aborts. It reads in a group of its own that leaves nothing behind, so it
 * takes nothing away from anybody. Throws ConfigError, one line, when there is nothing to follow.
 */
export async function tail(
  config: EventsConfig,
  { room, all, json }: TailOptions,
  out: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<void> {
  const topics = [
    ...(
      await lookInto(
        config,
        (['messages', 'groups', 'profiles'] as const).map((kind) => topicOf(config, kind)),
      )
    ).keys(),
  ];
  if (topics.length === 0)
    throw new ConfigError(`Kafka has no topics ${config.kafkaTopicPrefix}.… yet: no event was sent`);
  let told = false;
  const consumer = new Consumer({
    config,
    logger,
    groupId: `${config.kafkaGroupId}-tail-${randomUUID()}`,
    topics,
    from: all ? 'earliest' : 'latest',
    assigned(held) {
      if (held.length === 0 || told) return;
      told = true;
      progress(`following ${topics.join(', ')}; Ctrl-C ends it`);
    },
    async take({ messages }) {
      for (const message of messages) {
        if (room !== undefined && message.key !== room) continue;
        const line = json ? String(message.value ?? '').replaceAll(/[\r\n]+/g, ' ') : lineOf(message);
        if (!out.write(`${line}\n`)) await once(out, 'drain', { signal });
      }
    },
  });
  consumer.start();
  if (!signal.aborted) await once(signal, 'abort');
  await consumer.close();
}
