import { ConfigError } from '#shared/config.ts';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { FORMAT } from '#shared/read-model/window-document.ts';
import { OLD_COLLECTIONS } from '#shared/own-database.ts';
import { collectionsOf, ensureIndexes } from '#shared/room-log/collections.ts';
import { openRepositories as openGroups } from '#services/groups/repositories.ts';
import { openRepositories as openProfiles } from '#services/profiles/repositories.ts';
import type { Adoption } from '#tools/adopt/adoption.ts';
import { isMessages } from '#tools/adopt/survey.ts';
import type { Tally } from '#tools/adopt/notes.ts';
import { idText } from '#tools/adopt/values.ts';
import { rebuild } from '#tools/rebuild/rebuild.ts';

/** The steps around the documents: indexes, read model, and the count at the end. */

/** Drops the indexes of the older service, which nothing here uses, and remembers their names. */
export async function dropOldIndexes({ notes, to, inPlace, dryRun }: Adoption): Promise<string[]> {
  const stage = await notes.stage<{ dropped: string[] }>('old indexes');
  if (stage.done) return stage.state?.dropped ?? [];
  const dropped = new Set(stage.state?.dropped);
  const there = inPlace ? await to.listCollections({}, { nameOnly: true }).toArray() : [];
  for (const { name } of there.filter((one) =>
    [...OLD_COLLECTIONS, 'read_messages_latest'].includes(one.name as never),
  )) {
    for (const index of await to.collection(name).indexes())
      if (index.name !== '_id_') dropped.add(`${name} ${index.name}`);
    stage.state = { dropped: [...dropped] };
    await stage.save();
    if (!dryRun) await to.collection(name).dropIndexes();
  }
  await stage.finish();
  return [...dropped];
}

/** Read-model documents of the older shape are gone, counted; ours are made of the messages. */
export async function replaceReadModel({ notes, from, to, inPlace, dryRun, meter }: Adoption): Promise<void> {
  const stage = await notes.stage<'counted'>('read model');
  if (stage.done) return;
  const old = { format: { $ne: FORMAT } } as never;
  if (stage.state === null) {
    // Before they are deleted: a second try must not count what is left.
    stage.count('before:read_messages_latest', await from.collection('read_messages_latest').countDocuments(old));
    stage.state = 'counted';
    await stage.save();
  }
  if (!dryRun) {
    if (inPlace) await to.collection('read_messages_latest').deleteMany(old);
    await new ReadModel(to).ensureIndexes();
    await rebuild(to, { all: false, meter: (total) => meter('build windows', total) });
  }
  stage.count('after:read_messages_latest', (await notes.tallies()).get('after:rooms') ?? 0);
  await stage.finish();
}

/** Builds our indexes, now that every document has its numbers. */
export async function buildIndexes({ notes, to, dryRun, meter }: Adoption): Promise<void> {
  const stage = await notes.stage('indexes');
  if (stage.done) return;
  const shown = meter('build indexes', 3);
  try {
    for (const build of dryRun
      ? []
      : [() => ensureIndexes(collectionsOf(to)), () => openGroups(to), () => openProfiles(to)]) {
      await build();
      shown.step();
    }
    await stage.finish();
  } finally {
    shown.end();
  }
}

const AGAIN = 'put that right or go back to the backup, then run this again';

/** Throws ConfigError when the database does not hold what was counted. */
export async function checkCounts({ to, dryRun }: Adoption, tally: Tally): Promise<void> {
  if (dryRun) return;
  for (const c of [...OLD_COLLECTIONS, 'rooms', 'read_messages_latest'] as const) {
    const [expected, counted] = [tally.get(`after:${c}`) ?? 0, await to.collection(c).countDocuments()];
    if (expected !== counted)
      throw new ConfigError(
        `${to.databaseName}: ${c} has ${counted} documents where ${expected} are expected: somebody else wrote to it; ${AGAIN}`,
      );
  }
  for (const c of OLD_COLLECTIONS.filter(isMessages)) {
    const odd = await to.collection(c).findOne({ room: null }, { projection: { _id: 1 } });
    if (odd)
      throw new ConfigError(`${to.databaseName}: ${idText(odd._id)} in ${c} was written while this ran; ${AGAIN}`);
  }
}
