import type { Config } from '#shared/config.ts';
import { backgroundServers } from '#tools/servers/background.ts';
import { openServers, type OpenServers } from '#tools/servers/open.ts';
import { SERVERS } from '#tools/servers/table.ts';
import type { SupervisorLog } from '#tools/servers/supervise.ts';

/**
 * The servers of the cluster: those that the configuration names, else those that `npm run servers -- start` runs with
 * the same data folder, else ones that live as long as the cluster.
 * Throws ConfigError with one line that says what to do.
 */
export async function serversOfCluster(config: Config, log: SupervisorLog): Promise<OpenServers> {
  const background = backgroundServers(config.dataDir);
  if (!background) return openServers(config, {}, log);
  const addressOf = (name: string) => background.servers.find((one) => one.name === name)?.address ?? '';
  const known = {
    ...config,
    natsUrl: config.natsUrl || addressOf('nats-server'),
    mongoUri: config.mongoUri || addressOf('mongod'),
    kafkaBootstrap: config.kafkaBootstrap.length > 0 ? config.kafkaBootstrap : [addressOf('kafka')].filter(Boolean),
  };
  const open = await openServers(known, {}, log);
  const origins = new Map(
    SERVERS.filter((server) => !server.given(config)).map(({ name }) => [name, 'npm run servers'] as const),
  );
  return { ...open, servers: open.servers.map((one) => ({ ...one, origin: origins.get(one.name) ?? one.origin })) };
}
