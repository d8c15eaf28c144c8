import type { AnyBulkWriteOperation } from 'mongodb';
import type { Adoption } from '#tools/adopt/adoption.ts';
import { madeUpId } from '#tools/adopt/message-place.ts';
import { findingsOf, insertNew, type Place, TWINS, WALK } from '#tools/adopt/notes.ts';

const CHUNK = 500;

type Twin = Pick<Place, '_id' | 'key' | 'mid' | 'sum' | 'c' | 'id'>;

/** Indexes for the walks over all places. */
export async function indexPlaces({ notes }: Adoption): Promise<void> {
  const stage = await notes.stage('order');
  if (stage.done) return;
  await notes.places.createIndexes([{ key: WALK }, { key: TWINS, partialFilterExpression: { kind: 'messages' } }]);
  await stage.finish();
}

/**
 * One message a messageId in each room: of several the first keeps it. A later one that says the same is a copy and is
 * dropped; one that says something else is a message of its own and gets an id. Compared with the first only, so that
 * whoever goes on after a crash decides the same.
 */
export async function resolveTwins({ notes, checkAlone }: Adoption): Promise<void> {
  const stage = await notes.stage('twins');
  if (stage.done) return;
  let updates: AnyBulkWriteOperation<Place>[] = [];
  let first: Twin | null = null;
  const flush = async () => {
    if (updates.length > 0) await notes.places.bulkWrite(updates, { ordered: false });
    updates = [];
  };
  const walk = notes.places
    .find<Twin>({ kind: 'messages' }, { projection: { key: 1, mid: 1, sum: 1, c: 1, id: 1 }, batchSize: 1_000 })
    .hint(TWINS)
    .sort(TWINS);
  for await (const one of walk) {
    if (first === null || one.key !== first.key || one.mid !== first.mid) {
      first = one;
      continue;
    }
    const copy = one.sum === first.sum;
    const what = copy ? 'copies of a message, set aside' : 'messages with the id of another one: got a new one';
    // Counted from the places at the end: this walk may be made again.
    await insertNew(notes.findings, findingsOf(one.c, { _id: one.id }, [[what, one.mid]]));
    const update = copy ? { $set: { drop: true as const } } : { $set: { mid: madeUpId(one.c, one.id) } };
    updates.push({ updateOne: { filter: { _id: one._id } as never, update } });
    if (updates.length < CHUNK) continue;
    await checkAlone();
    await flush();
  }
  await flush();
  for (const kind of ['copies of a message, set aside', 'messages with the id of another one: got a new one'])
    for (const c of ['group_messages', 'dm_messages'])
      stage.count(`found:${c}: ${kind}`, await notes.findings.countDocuments({ '_id.kind': kind, '_id.c': c }));
  await stage.finish();
}
