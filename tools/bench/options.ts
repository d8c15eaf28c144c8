import { parseArgs } from 'node:util';

export const USAGE = `Measures this program beside bare node:http and a plain Express program, on a MongoDB of its own.

  npm run bench -- [--quick] [--write] [--only TEXT] [--profile FOLDER]

  --quick           a minute or two, rougher figures
  --write           writes docs/benchmarks.md
  --only TEXT       only the measurements whose name contains TEXT
  --profile FOLDER  leaves a CPU profile of our program there
`;

export interface Options {
  quick: boolean;
  write: boolean;
  only: string;
  profile: string | undefined;
  help: boolean;
  /** Runs of each program in each measurement, and how long one takes. */
  runs: number;
  runMs: number;
  warmUpMs: number;
  /** Runs that each have a process of their own. */
  freshRuns: number;
}

/** Reads the command line. Throws the parser's TypeError for an unknown option. */
export function optionsOf(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      profile: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const times = values.quick
    ? { runs: 3, runMs: 500, warmUpMs: 400, freshRuns: 1 }
    : { runs: 5, runMs: 2_000, warmUpMs: 1_500, freshRuns: 3 };
  return { ...values, profile: values.profile, ...times };
}
