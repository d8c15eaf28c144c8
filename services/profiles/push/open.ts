import { config } from '#shared/config.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';
import { DmPushes } from '#services/profiles/push/dm-pushes.ts';
import { Pushes } from '#services/profiles/push/pushes.ts';
import { Sender } from '#services/profiles/push/sender.ts';
import type { Repositories } from '#services/profiles/repositories.ts';

/** Sends notifications, and with Kafka on those of new direct messages. */
export function openPush({ profiles, subscriptions }: Repositories, signal: AbortSignal, logger: KafkaLogger) {
  const read = config();
  const sender = new Sender(read);
  const pushes = new Pushes(sender, subscriptions, signal);
  const listener =
    read.kafkaEnabled && sender.enabled ? new DmPushes({ config: read, logger, profiles, pushes }) : undefined;
  listener?.start();
  const close = async () => {
    await listener?.stop();
    sender.close();
  };
  return { pushes, close };
}
