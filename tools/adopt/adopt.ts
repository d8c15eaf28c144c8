import type { Db } from 'mongodb';
import { ConfigError } from '#shared/config.ts';
import { ADOPTION, hasOldCollections, markAsOurs, metaOf, OLD_COLLECTIONS } from '#shared/own-database.ts';
import { DURABLE } from '#shared/room-log/append.ts';
import type { Adoption } from '#tools/adopt/adoption.ts';
import { numberMessages } from '#tools/adopt/number.ts';
import type { Tally } from '#tools/adopt/notes.ts';
import { keepOneAKey } from '#tools/adopt/one-a-key.ts';
import { setUselessAside } from '#tools/adopt/set-aside.ts';
import { buildIndexes, checkCounts, dropOldIndexes, replaceReadModel } from '#tools/adopt/store.ts';
import { isMessages, survey } from '#tools/adopt/survey.ts';
import { indexPlaces, resolveTwins } from '#tools/adopt/twins.ts';

export interface Adopted {
  tally: Tally;
  /** Indexes of the older service that were dropped. */
  indexes: string[];
}

/** When the adoption of this database was finished (epoch ms); null when there was none. */
export async function adoptedAt(to: Db): Promise<number | null> {
  const found = await metaOf(to).findOne({ _id: ADOPTION });
  return found?.value === 'finished' ? (found.at ?? 0) : null;
}

/** Makes sure that this adoption may begin, or go on, on `to`. Throws ConfigError. */
export async function checkTarget(from: Db, to: Db, { inPlace, dryRun }: Pick<Adoption, 'inPlace' | 'dryRun'>) {
  const [begun, ours] = await Promise.all([
    metaOf(to).findOne({ _id: ADOPTION }),
    metaOf(to).findOne({ _id: 'format' }),
  ]);
  const source = inPlace ? 'itself' : from.databaseName;
  if (begun?.value === 'running') {
    if (dryRun) throw new ConfigError(`${to.databaseName} is being adopted: there is nothing to predict any more`);
    if (begun.holder === source) return;
    throw new ConfigError(
      `${to.databaseName} is being filled from ${begun.holder}: finish that first, with the same --from and --to`,
    );
  }
  if (inPlace && ours)
    throw new ConfigError(`${to.databaseName} is in today's form already: there is nothing to adopt`);
  if (!inPlace && (await hasOldCollections(to)))
    throw new ConfigError(`--to: ${to.databaseName} is not empty; name a database that does not exist yet`);
}

/** Says in the database that its adoption has begun: from now on services refuse it. */
export async function begin(from: Db, to: Db, inPlace: boolean): Promise<void> {
  const mark = { value: 'running', at: Date.now(), holder: inPlace ? 'itself' : from.databaseName };
  await metaOf(to).updateOne({ _id: ADOPTION }, { $setOnInsert: mark }, { upsert: true, writeConcern: DURABLE });
}

export async function end(to: Db): Promise<void> {
  await markAsOurs(to);
  await metaOf(to).updateOne(
    { _id: ADOPTION },
    { $set: { value: 'finished', at: Date.now() } },
    { writeConcern: DURABLE },
  );
}

/**
 * All stages, each of which goes on where it was. First everything is read and every decision is noted; only then
 * anything is changed (`onChange` hears of it), and what changes follows from the notes alone.
 */
export async function adopt(adoption: Adoption, onChange: () => void): Promise<Adopted> {
  for (const c of OLD_COLLECTIONS) await survey(adoption, c);
  await indexPlaces(adoption);
  await resolveTwins(adoption);
  await adoption.checkAlone();
  if (!adoption.dryRun && adoption.inPlace) onChange();
  const indexes = await dropOldIndexes(adoption);
  await numberMessages(adoption);
  for (const c of OLD_COLLECTIONS) if (!isMessages(c)) await keepOneAKey(adoption, c);
  await setUselessAside(adoption);
  await adoption.checkAlone();
  return { tally: await finishUp(adoption), indexes };
}

async function finishUp(adoption: Adoption): Promise<Tally> {
  await buildIndexes(adoption);
  await replaceReadModel(adoption);
  const tally = await adoption.notes.tallies();
  await checkCounts(adoption, tally);
  return tally;
}
