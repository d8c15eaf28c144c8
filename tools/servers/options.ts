import { ConfigError } from '#shared/config.ts';
import type { Ports } from '#tools/servers/open.ts';
import { SERVERS } from '#tools/servers/table.ts';

export const COMMANDS = ['status', 'fetch', 'start', 'stop'] as const;

export type Command = (typeof COMMANDS)[number];

export const USAGE = `npm run servers -- ${COMMANDS.join('|')} (start takes nats-server=PORT and kafka=PORT)`;

const MAX_PORT = 65_535;

function portOf(argument: string): [string, number] {
  const [name, value] = argument.split('=', 2);
  const server = SERVERS.find((one) => one.name === name);
  if (!server?.takesPort || value === undefined) throw new ConfigError(`${argument}: is not known; ${USAGE}`);
  const port = Number(value);
  if (!/^\d+$/.test(value) || port < 1 || port > MAX_PORT)
    throw new ConfigError(`${argument}: the port must be a whole number from 1 to ${MAX_PORT}`);
  return [server.name, port];
}

/** Reads the command line. Throws ConfigError with one line. */
export function parseArguments(args: readonly string[]): { command: Command; ports: Ports } {
  const command = COMMANDS.find((one) => one === args[0]);
  if (!command) throw new ConfigError(args[0] ? `${args[0]}: is not known; ${USAGE}` : USAGE);
  if (command !== 'start' && args.length > 1) throw new ConfigError(`${args[1]}: ${command} takes no argument`);
  return { command, ports: Object.fromEntries(args.slice(1).map(portOf)) };
}
