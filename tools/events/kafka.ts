import { type Config, ConfigError } from '#shared/config.ts';
import { type KafkaConfig, rootOf } from '#shared/kafka/client.ts';
import { type Extent, extentsOf } from '#shared/kafka/extent.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';
import { sayOnce } from '#shared/say-once.ts';
import { runningCluster } from '#tools/cluster/state.ts';
import { progress } from '#tools/mongod/progress.ts';
import { backgroundServers } from '#tools/servers/background.ts';

export type EventsConfig = KafkaConfig & Pick<Config, 'kafkaTopicPrefix' | 'kafkaGroupId'>;

/** The tools' log: what is wrong, on stderr. */
export const logger: KafkaLogger = { debug() {}, info() {}, warn: sayOnce(progress) };

/**
 * The Kafka that the tools look into: the one that the configuration names, else that of the cluster, or of
 * `npm run servers`, with its data in DATA_DIR. Throws ConfigError, one line, when there is none.
 */
export function withKafka(config: Config): EventsConfig {
  if (config.kafkaBootstrap.length > 0) return config;
  const { dataDir } = config;
  const address =
    runningCluster(dataDir)?.kafkaBootstrap ||
    backgroundServers(dataDir)?.servers.find(({ name }) => name === 'kafka')?.address;
  if (!address) throw new ConfigError(`DATA_DIR=${dataDir}: no Kafka runs there; start one, or set KAFKA_BOOTSTRAP`);
  return { ...config, kafkaBootstrap: [address] };
}

/** What is in the topics that exist. Throws ConfigError, one line, when Kafka cannot be reached. */
export async function lookInto(
  config: EventsConfig,
  topics: readonly string[],
  groupId = config.kafkaGroupId,
): Promise<Map<string, Extent[]>> {
  try {
    return await extentsOf(config, logger, { topics, groupId });
  } catch (error) {
    const root = rootOf(error);
    const reason = root instanceof Error ? root.message : String(root);
    throw new ConfigError(`Kafka at ${config.kafkaBootstrap.join(',')}: ${reason}`, { cause: error });
  }
}
