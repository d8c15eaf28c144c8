import { type Config, ConfigError } from '#shared/config.ts';
import { runningCluster } from '#tools/cluster/state.ts';
import { backgroundServers } from '#tools/servers/background.ts';

export interface NatsAddress {
  url: string;
  /** Who says so, for people: `NATS_URL`, `npm run cluster`. */
  from: string;
}

/**
 * The NATS of the cluster to join: the one that the configuration names, else that of the cluster that runs with its
 * data in DATA_DIR, else that of `npm run servers`. Throws ConfigError, one line, when there is none.
 */
export function natsOf({ natsUrl, dataDir }: Pick<Config, 'natsUrl' | 'dataDir'>): NatsAddress {
  if (natsUrl) return { url: natsUrl, from: 'NATS_URL' };
  const cluster = runningCluster(dataDir);
  if (cluster) return { url: cluster.natsUrl, from: 'npm run cluster' };
  const server = backgroundServers(dataDir)?.servers.find(({ name }) => name === 'nats-server');
  if (server) return { url: server.address, from: 'npm run servers' };
  throw new ConfigError(
    `DATA_DIR=${dataDir}: no cluster runs there: start one with npm run cluster, or set NATS_URL ` +
      '(npm start has no NATS and cannot be joined)',
  );
}
