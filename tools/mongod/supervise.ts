import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '#shared/config.ts';
import { DataFolder, type Notes } from '#tools/mongod/data-folder.ts';
import { findMongod, type Found } from '#tools/mongod/find.ts';
import { launch, LaunchError, launchOnFreePort } from '#tools/mongod/launch.ts';
import { series } from '#tools/mongod/probe.ts';
import { isAlive, signal, type ProcessId } from '#tools/mongod/process-id.ts';
import { becomePrimary, uriOf } from '#tools/mongod/replica-set.ts';
import { ended, stopProcess } from '#tools/mongod/stop.ts';

const WATCH_MS = 200;
/** Waits between starts of a `mongod` that keeps dying; after a minute of life the first counts again. */
const BACK_OFF_MS = [0, 250, 1_000, 2_000, 5_000, 10_000];
const CALM_MS = 60_000;
/** A `mongod` left behind that doesn't answer for so long is killed; its journal brings back what it acknowledged. */
const ANSWER_MS = 5_000;

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

export interface SupervisorLog {
  warn(text: string): void;
  info(text: string): void;
}

/** The noted `mongod` if it still runs and answers; one that runs and doesn't answer is killed. */
async function leftBehind({ notes, database }: DataFolder): Promise<Notes | undefined> {
  if (!notes || !isAlive(notes)) return undefined;
  try {
    await becomePrimary({ port: notes.port, database, signal: AbortSignal.timeout(ANSWER_MS) });
    return notes;
  } catch {
    signal(notes, 'SIGKILL');
    await ended(notes, ANSWER_MS);
    return undefined;
  }
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

/** Starts a `mongod` on the noted port, or on another when that is taken, and notes what runs. */
async function begin(folder: DataFolder, mongodBin: string): Promise<Notes> {
  const before = folder.notes;
  const found = await findFor(folder, mongodBin);
  const where = { binary: found.path, port: before?.port ?? 0, database: folder.database, log: folder.log };
  try {
    const noted = (id: ProcessId, port: number) =>
      (folder.notes = { ...id, port, version: found.version, from: found.from });
    await launchOnFreePort(where, noted);
    return folder.notes!;
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    throw new ConfigError(`DATA_DIR=${folder.path}: MongoDB ${found.version}: ${error.message}`);
  }
}

/** Starts the `mongod` again on the port that its clients know, and again, until it runs or `stopped`. */
async function revive(folder: DataFolder, mongodBin: string, log: SupervisorLog, stopped: AbortSignal): Promise<void> {
  const notes = folder.notes!;
  const found = await findFor(folder, mongodBin);
  const files = { database: folder.database, log: folder.log };
  for (let attempt = 0; !stopped.aborted; attempt++) {
    await sleep(BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)]);
    if (stopped.aborted) return;
    try {
      await launch({ binary: found.path, port: notes.port, ...files }, (id) => (folder.notes = { ...notes, ...id }));
      log.info(`mongod runs again (pid ${folder.notes?.pid})`);
      return;
    } catch (error) {
      log.warn(`mongod could not be started again: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function watch(folder: DataFolder, mongodBin: string, log: SupervisorLog, stopped: AbortSignal): Promise<void> {
  let aliveSince = performance.now();
  let deaths = 0;
  while (!stopped.aborted) {
    await sleep(WATCH_MS, undefined, { ref: false });
    if (stopped.aborted || isAlive(folder.notes!)) continue;
    if (performance.now() - aliveSince > CALM_MS) deaths = 0;
    log.warn(`mongod (pid ${folder.notes?.pid}) has died; it is started again`);
    await sleep(BACK_OFF_MS[Math.min(deaths++, BACK_OFF_MS.length - 1)]);
    await revive(folder, mongodBin, log, stopped);
    aliveSince = performance.now();
  }
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
  let notes: Notes;
  try {
    notes = (await leftBehind(folder)) ?? (await begin(folder, mongodBin));
  } catch (error) {
    folder.release();
    throw error;
  }
  const stopping = new AbortController();
  const watching = watch(folder, mongodBin, log, stopping.signal);
  return {
    uri: uriOf(notes.port),
    origin: `${notes.version}, ${notes.from}`,
    get pid() {
      return folder.notes!.pid;
    },
    abandon() {
      stopping.abort();
      signal(folder.notes!, 'SIGTERM');
      folder.release();
    },
    async stop(budgetMs) {
      stopping.abort();
      await stopProcess(folder.notes!, budgetMs);
      await Promise.race([watching, sleep(budgetMs)]);
      folder.release();
    },
  };
}
