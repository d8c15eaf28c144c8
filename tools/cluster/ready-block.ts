import { resolve } from 'node:path';
import type { Config } from '#shared/config.ts';
import type { ClusterState } from '#tools/cluster/state.ts';
import type { OpenServer } from '#tools/servers/open.ts';
import { withoutPassword } from '#tools/start/database.ts';
import { isLoopback } from '#tools/start/url.ts';

const TITLES: Record<OpenServer['name'], string> = {
  'nats-server': 'NATS',
  kafka: 'Kafka',
  mongod: 'MongoDB',
};

/** What a person wants to know once the cluster runs. */
export function readyBlock(
  config: Pick<Config, 'host' | 'dataDir'>,
  state: ClusterState,
  servers: OpenServer[],
): string {
  const urls = state.processes.flatMap(({ url }) => (url ? [url] : []));
  const health = state.processes.map(({ nodeId, healthUrl, id }) => [nodeId, `${healthUrl}  pid ${id?.pid ?? '-'}`]);
  const rows = [
    ...(urls.length > 0 ? urls : ['none: there is no gateway']).map((url, i) => [i === 0 ? 'URL' : '', `${url}/api`]),
    ['Docs', urls[0] ? `${urls[0]}/docs` : 'none'],
    ...servers.map(({ name, address, origin }) => [TITLES[name], `${withoutPassword(address)} (${origin})`]),
    ['Data', resolve(config.dataDir)],
    ['REPL', 'npm run repl, in another terminal'],
    ['Mode', 'one process a service, open: identities in requests are believed'],
    ...(isLoopback(config.host) ? [] : [['Note', `HOST=${config.host}: others on the network can reach it`]]),
    ['Health', '/health/live, /health/ready and /metrics at'],
  ];
  const lines = rows.map(([name, value]) => `  ${name!.padEnd(8)} ${value}`);
  const width = Math.max(...health.map(([name]) => name!.length), 0);
  return [
    'TrueMatch cluster is ready',
    ...lines,
    ...health.map(([name, value]) => `           ${name!.padEnd(width)}  ${value}`),
    '',
  ].join('\n');
}
