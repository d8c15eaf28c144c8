import type { Db } from 'mongodb';
import { config } from '#shared/config.ts';
import { readiness } from '#shared/health/readiness.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';
import { exposeRelay } from '#shared/relay/relay-metrics.ts';
import { Relay } from '#shared/relay/relay.ts';
import type { Source } from '#shared/relay/source.ts';
import { DatabaseClock } from '#shared/room-log/clock.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { readGeneration } from '#shared/room-log/generation.ts';

/**
 * Starts the relay of a source as part of a service; answers what stops it. With events off (`KAFKA_ENABLED=false`)
 * there is none. Waits for the database alone: Kafka is waited for in the background. Throws the driver's errors.
 */
export async function startRelay(
  db: Db,
  logger: KafkaLogger,
  sourceOf: (generation: string) => Source,
): Promise<() => Promise<void>> {
  const settings = config();
  if (!settings.kafkaEnabled) return async () => undefined;
  const generation = await readGeneration(collectionsOf(db));
  const clock = new DatabaseClock(db, logger);
  await clock.start();
  const relay = new Relay({ db, clock, config: settings, logger, generation, source: sourceOf(generation) });
  // Everything answers without it; that events wait is told.
  const found = readiness.miss(`kafka (${relay.name})`, async () => relay.problem);
  const retract = exposeRelay(relay);
  relay.start();
  return async () => {
    found();
    retract();
    await relay.stop();
    clock.stop();
  };
}
