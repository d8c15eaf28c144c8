import { parseArgs } from 'node:util';
import { ConfigError } from '#shared/config.ts';

export const USAGE = `Runs a cluster and one process of its own under a steady load each, and watches memory and handles of every process.

  npm run soak -- [--minutes 15] [--clients 16] [--write]

  --minutes N   how long the load lasts, at least 2
  --clients N   clients of each, every one with one request at a time and a pause after it
  --write       writes docs/soak.md
`;

export interface Options {
  minutes: number;
  clients: number;
  write: boolean;
  help: boolean;
}

function countOf(name: string, text: string, least: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= least && count <= 10_000) return count;
  throw new ConfigError(`--${name} ${text}: say a whole number from ${least}`);
}

/** Reads the command line. Throws the parser's TypeError for an unknown option, ConfigError for a number that will not do. */
export function optionsOf(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '15' },
      clients: { type: 'string', default: '16' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { write, help } = values;
  return {
    minutes: countOf('minutes', values.minutes, 2),
    clients: countOf('clients', values.clients, 1),
    write,
    help,
  };
}
