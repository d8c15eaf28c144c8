import { randomUUID } from 'node:crypto';
import { type Db, MongoClient, MongoServerSelectionError } from 'mongodb';
import { type Config, ConfigError } from '#shared/config.ts';
import { checkServer } from '#shared/mongo-check.ts';
import { adopt, adoptedAt, begin, checkTarget, end } from '#tools/adopt/adopt.ts';
import type { Adoption } from '#tools/adopt/adoption.ts';
import { AdoptedAvatars } from '#tools/adopt/avatars.ts';
import { knowledgeOf } from '#tools/adopt/knowledge.ts';
import { lockAdoption } from '#tools/adopt/lock.ts';
import { Notes } from '#tools/adopt/notes.ts';
import type { Address, Options } from '#tools/adopt/options.ts';
import { summaryOf, writeReport } from '#tools/adopt/report.ts';
import { watchWrites } from '#tools/adopt/watch.ts';
import { meter } from '#tools/meter.ts';

/**
 * Without a time-out for an answer: an index of millions of messages takes its time. Writes wait for no majority but
 * those that say how far a stage is, which come after them.
 */
async function connect(option: string, { uri }: Address): Promise<MongoClient> {
  const client = new MongoClient(uri, {
    appName: 'truematch-adopt',
    writeConcern: { w: 1 },
    serverSelectionTimeoutMS: 10_000,
    ignoreUndefined: true,
  });
  try {
    return await client.connect();
  } catch (error) {
    await client.close();
    if (error instanceof MongoServerSelectionError)
      throw new ConfigError(`${option}: no server answers (${error.message})`);
    throw error;
  }
}

interface Databases {
  from: Db;
  to: Db;
  close(): Promise<void>;
}

async function open({ from, to, inPlace }: Options): Promise<Databases> {
  const source = await connect('--from', from);
  const target = inPlace
    ? source
    : await connect('--to', to).catch(async (error: unknown) => {
        await source.close();
        throw error;
      });
  const close = async () => {
    await source.close();
    if (!inPlace) await target.close();
  };
  return { from: source.db(from.name), to: target.db(to.name), close };
}

/** Only a database that is read and no more may be on any kind of server. Throws ConfigError. */
async function checkTargetServer(to: Db, { inPlace }: Options): Promise<void> {
  try {
    await checkServer(to.client);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.message.replace('MONGO_URI', inPlace ? '--from' : '--to'), { cause: error });
  }
}

/** Runs the adoption; answers what to tell at the end. Throws ConfigError for what a person can put right. */
export async function run(options: Options, settings: Config, signal: AbortSignal): Promise<string> {
  const { dryRun } = options;
  const databases = await open(options);
  const { from, to } = databases;
  try {
    await checkTargetServer(to, options);
    const at = await adoptedAt(to);
    if (at !== null) {
      // A run that was killed at its very end left them.
      if (!dryRun) await new Notes(to).drop();
      return `${to.databaseName} was adopted on ${new Date(at).toISOString()}: nothing to do.\n`;
    }
    await checkTarget(from, to, options);
    return await (dryRun ? rehearse : perform)(databases, options, settings, signal);
  } finally {
    await databases.close();
  }
}

/** The whole run in a database of its own for the notes, which is gone afterwards. */
async function rehearse({ from, to }: Databases, options: Options, settings: Config, signal: AbortSignal) {
  const scratch = to.client.db(`adopt_dry_run_${randomUUID().slice(0, 8)}`);
  try {
    const adoption = { from, to, inPlace: options.inPlace, dryRun: true, notes: new Notes(scratch, false) };
    return await stages(adoption, options, settings, () => signal.throwIfAborted());
  } finally {
    await scratch.dropDatabase();
  }
}

async function perform({ from, to }: Databases, options: Options, settings: Config, signal: AbortSignal) {
  const { inPlace } = options;
  const lock = await lockAdoption(to);
  try {
    const notes = new Notes(to);
    const told = await stages({ from, to, inPlace, dryRun: false, notes }, options, settings, () => {
      signal.throwIfAborted();
      lock.check();
    });
    await end(to);
    await notes.drop();
    return told;
  } finally {
    await lock.release();
  }
}

type Bare = Pick<Adoption, 'from' | 'to' | 'inPlace' | 'dryRun' | 'notes'>;

async function stages(bare: Bare, options: Options, settings: Config, check: () => void): Promise<string> {
  const { from, to, dryRun, inPlace, notes } = bare;
  const watch = await watchWrites(from, options.quietMs);
  const avatars = await AdoptedAvatars.open(settings, notes, dryRun);
  try {
    if (!dryRun) await begin(from, to, inPlace);
    const adoption: Adoption = {
      ...bare,
      knowing: knowledgeOf(from, avatars),
      meter,
      async checkAlone() {
        check();
        await watch.check();
      },
    };
    const adopted = await adopt(adoption, () => watch.writing());
    const title = `${from.databaseName} → ${inPlace ? 'in place' : to.databaseName}, ${new Date().toISOString()}${dryRun ? ', dry run: nothing was changed' : ''}`;
    await writeReport(adoption, options.report, { title, ...adopted });
    const next = dryRun ? 'Nothing was changed.' : `${to.databaseName} is ours now: start the services on it.`;
    return `${summaryOf(adopted.tally, adopted.indexes)}\nAll of it: ${options.report}\n${next}\n`;
  } finally {
    await avatars.close();
    await watch.close();
  }
}
