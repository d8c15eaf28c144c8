import { resolve } from 'node:path';
import type { Config } from '#shared/config.ts';
import type { Database } from '#tools/start/database.ts';
import { modeOf } from '#tools/start/mode.ts';
import { isLoopback, urlOf } from '#tools/start/url.ts';

/** What a person wants to know once all runs. */
export function readyBlock(
  config: Pick<Config, 'host' | 'dataDir' | 'authMode'>,
  address: { host: string; port: number } | undefined,
  database: Database,
): string {
  const url = address && urlOf({ ...address, host: config.host });
  const rows = [
    ['URL', url ? `${url}/api` : 'none: there is no gateway'],
    ['Docs', url ? `${url}/docs` : 'none'],
    ['Data', database.mongod ? resolve(config.dataDir) : 'in that database'],
    ['MongoDB', database.origin],
    ['Mode', `one process, ${modeOf(config)}`],
    ...(isLoopback(config.host) ? [] : [['Note', `HOST=${config.host}: others on the network can reach it`]]),
  ];
  return ['TrueMatch is ready', ...rows.map(([name, value]) => `  ${name!.padEnd(8)} ${value}`), ''].join('\n');
}
