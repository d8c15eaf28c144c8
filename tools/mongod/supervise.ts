import { ConfigError } from '#shared/config.ts';
import { DataFolder } from '#tools/mongod/data-folder.ts';
import { findMongod } from '#tools/mongod/find.ts';
import { launch, launchOnFreePort } from '#tools/mongod/launch.ts';
import { series } from '#tools/mongod/probe.ts';
import type { ProcessId } from '#tools/mongod/process-id.ts';
import { becomePrimary, uriOf } from '#tools/mongod/replica-set.ts';
import type { Found } from '#tools/servers/find.ts';
import { LaunchError } from '#tools/servers/launch.ts';
import { supervise, type Runnable, type SupervisorLog } from '#tools/servers/supervise.ts';

export type { SupervisorLog };

export interface SupervisedMongod {
  uri: string;
  /** For people: version, and where it came from. */
  origin: string;
  readonly pid: number;
  /** Stops it, by SIGKILL after `budgetMs`, and gives the data folder up. */
  stop(budgetMs: number): Promise<void>;
  /** Tells it to stop, without waiting for it. */
  abandon(): void;
}

async function findFor({ path, notes }: DataFolder, mongodBin: string): Promise<Found> {
  if (!notes) return findMongod({ mongodBin });
  const wanted = series(notes.version);
  try {
    return await findMongod({ mongodBin, wanted });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`DATA_DIR=${path}: the data was written by MongoDB ${wanted}. ${error.message}`);
  }
}

/** The one-node replica set of a data folder. */
export function mongodIn(folder: DataFolder, mongodBin: string): Runnable {
  const files = { database: folder.database, log: folder.log };
  const notes = folder.notesOf('mongod');
  return {
    name: 'mongod',
    notes,
    answers: ({ port }, signal) => becomePrimary({ port, database: folder.database, signal }),

    async begin() {
      const before = notes.read();
      const found = await findFor(folder, mongodBin);
      const noted = (id: ProcessId, port: number) =>
        notes.write({ ...id, port, version: found.version, from: found.from });
      try {
        await launchOnFreePort({ binary: found.path, port: before?.port ?? 0, ...files }, noted);
      } catch (error) {
        if (!(error instanceof LaunchError)) throw error;
        throw new ConfigError(`DATA_DIR=${folder.path}: MongoDB ${found.version}: ${error.message}`);
      }
    },

    async again(before) {
      const { path: binary } = await findFor(folder, mongodBin);
      await launch({ binary, port: before.port, ...files }, (id) => notes.write({ ...before, ...id }));
    },
  };
}

/**
 * Runs a one-node replica set under `dataDir` and keeps it running. One that a killed parent left behind is used again.
 * Throws ConfigError with one line that says what to do.
 */
export async function superviseMongod(
  { dataDir, mongodBin }: { dataDir: string; mongodBin: string },
  log: SupervisorLog,
): Promise<SupervisedMongod> {
  const folder = new DataFolder(dataDir);
  await folder.claim();
  try {
    const mongod = await supervise(mongodIn(folder, mongodBin), log);
    const { port, version, from } = mongod.notes;
    return {
      uri: uriOf(port),
      origin: `${version}, ${from}`,
      get pid() {
        return mongod.notes.pid;
      },
      abandon() {
        mongod.abandon();
        folder.release();
      },
      async stop(budgetMs) {
        await mongod.stop(budgetMs);
        folder.release();
      },
    };
  } catch (error) {
    folder.release();
    throw error;
  }
}
