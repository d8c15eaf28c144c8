import { type Config, config, isGiven } from '#shared/config.ts';

/** The configuration of programs that start a Kafka themselves: there events are on unless they are turned off. */
export function clusterConfig(): Config {
  const read = config({ startsKafka: true });
  return { ...read, kafkaEnabled: read.kafkaEnabled || !isGiven('kafkaEnabled') };
}
