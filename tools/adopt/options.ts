import { parseArgs } from 'node:util';
import { ConfigError } from '#shared/config.ts';

export const USAGE = `Makes a database of the older service ours: in place, or into another database.
Safe to interrupt and repeat: it goes on where it was.

  npm run adopt -- --from MONGO_URI [--to MONGO_URI] [--dry-run] [--report FILE] [--quiet-seconds 5]

  --from            the database of the older service: mongodb://host:27017/NAME (else MONGO_DB_NAME)
  --to              where it goes; without it, it is changed in place
  --dry-run         counts all that would be done, and changes nothing
  --report          file for the counts and for the list of all that was put right (adopt-report-NAME.txt)
  --quiet-seconds   how long nobody may have written before it begins
`;

/** A database on a server. */
export interface Address {
  uri: string;
  name: string;
}

export interface Options {
  from: Address;
  /** The same as `from` in place. */
  to: Address;
  inPlace: boolean;
  dryRun: boolean;
  report: string;
  quietMs: number;
  help: boolean;
}

/** The database that a URI names, else `otherwise`. Hosts may be several, so that no URL parser reads it. */
function addressOf(option: string, uri: string, otherwise: string): Address {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/]+(?:\/([^?]*))?/.exec(uri) ?? [];
  if (!/^mongodb(\+srv)?:\/\/./.test(uri))
    throw new ConfigError(`${option}: must begin with mongodb:// or mongodb+srv://`);
  return { uri, name: name ? decodeURIComponent(name) : otherwise };
}

/** Reads the command line. Throws ConfigError, or the parser's TypeError for an unknown option. */
export function optionsOf(args: string[], databaseName: string): Options {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      report: { type: 'string' },
      'quiet-seconds': { type: 'string', default: '5' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { help } = values;
  const quiet = Number(values['quiet-seconds']);
  if (!(quiet >= 0 && quiet <= 3_600)) throw new ConfigError('--quiet-seconds: must be a number from 0 to 3600');
  if (values.from === undefined && !help) throw new ConfigError('--from: must name the database of the older service');
  const from = addressOf('--from', values.from ?? 'mongodb://-', databaseName);
  const to = values.to === undefined ? from : addressOf('--to', values.to, databaseName);
  const inPlace = to.uri === from.uri && to.name === from.name;
  const report = values.report ?? `adopt-report-${to.name}.txt`;
  return { from, to, inPlace, dryRun: values['dry-run'], report, quietMs: quiet * 1_000, help };
}
