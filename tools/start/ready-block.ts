import { resolve } from 'node:path';
import type { Config } from '#shared/config.ts';
import type { Database } from '#tools/start/database.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const ANYWHERE = new Set(['0.0.0.0', '::']);

/** An address as it stands in a URL that works on this machine. */
function urlOf({ host, port }: { host: string; port: number }): string {
  const name = ANYWHERE.has(host) ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** What a person wants to know once all runs. */
export function readyBlock(
  config: Pick<Config, 'host' | 'dataDir'>,
  address: { host: string; port: number } | undefined,
  database: Database,
): string {
  const url = address && urlOf({ ...address, host: config.host });
  const rows = [
    ['URL', url ? `${url}/api` : 'none: there is no gateway'],
    ['Docs', url ? `${url}/docs` : 'none'],
    ['Data', database.mongod ? resolve(config.dataDir) : 'in that database'],
    ['MongoDB', database.origin],
    ['Mode', 'one process, open: identities in requests are believed'],
    ...(LOOPBACK.has(config.host) ? [] : [['Note', `HOST=${config.host}: others on the network can reach it`]]),
  ];
  return ['TrueMatch is ready', ...rows.map(([name, value]) => `  ${name!.padEnd(8)} ${value}`), ''].join('\n');
}
