import { ConfigError } from '#shared/config.ts';

/** Processes of one service on one machine. */
const MAX_INSTANCES = 32;

/** How many processes of each service. */
export type Instances = Record<string, number>;

/** What a person wants of the tool. */
export type Options =
  | { command: 'run'; instances: Instances }
  /** Of the cluster that runs: other numbers of some services. */
  | { command: 'scale'; instances: Instances }
  /** Of the cluster that runs: end and start again these processes (`messages-1`) or services, one after the other. */
  | { command: 'restart'; which: string[] };

function countOf(argument: string, services: readonly string[]): [string, number] {
  const [name, value] = argument.split('=', 2) as [string, string | undefined];
  if (!services.includes(name)) throw new ConfigError(`${name}: no such service; there are ${services.join(', ')}`);
  const count = Number(value);
  if (value === undefined || !/^\d+$/.test(value) || count > MAX_INSTANCES)
    throw new ConfigError(`${argument}: say how many, from 0 to ${MAX_INSTANCES}: ${name}=2`);
  return [name, count];
}

const countsOf = (args: readonly string[], services: readonly string[]): Instances =>
  Object.fromEntries(args.map((one) => countOf(one, services)));

function checkWhich(which: readonly string[], services: readonly string[]): void {
  for (const one of which)
    if (!services.includes(one.replace(/-\d+$/, '')) && !services.includes(one))
      throw new ConfigError(`${one}: no such service or process; there are ${services.join(', ')}`);
}

/**
 * Reads the command line: `messages=2 …` runs the cluster, one process of each service that is not named; `scale
 * messages=3 …` and `restart [messages | messages-1 …]` tell one that runs. Throws ConfigError with one line.
 */
export function parseArguments(args: readonly string[], services: readonly string[]): Options {
  const [first, ...rest] = args;
  if (first === 'restart') {
    checkWhich(rest, services);
    return { command: 'restart', which: rest };
  }
  if (first === 'scale') {
    if (rest.length === 0) throw new ConfigError('scale: say how many of which service, such as scale messages=2');
    return { command: 'scale', instances: countsOf(rest, services) };
  }
  const one = Object.fromEntries(services.map((name) => [name, 1]));
  return { command: 'run', instances: { ...one, ...countsOf(args, services) } };
}
