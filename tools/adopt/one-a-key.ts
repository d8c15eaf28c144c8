import type { AnyBulkWriteOperation, Document } from 'mongodb';
import { ConfigError } from '#shared/config.ts';
import type { OldCollection } from '#shared/own-database.ts';
import { type Adoption, BATCH } from '#tools/adopt/adoption.ts';
import type { Kind } from '#tools/adopt/kind.ts';
import { KINDS } from '#tools/adopt/kinds.ts';
import { findingsOf, insertNew, type Place, type Stage, WALK } from '#tools/adopt/notes.ts';
import { removeFrom, setAside } from '#tools/adopt/set-aside.ts';
import { idText, type Old } from '#tools/adopt/values.ts';

interface State {
  after: Pick<Place, 'kind' | 'key' | 'at' | 'id' | 'c'>;
}

const staying = (kind: Kind, places: readonly Place[]): Place => (kind.stays === 'first' ? places[0]! : places.at(-1)!);

/** Stores the documents of whole keys, and takes away those that do not stay. */
async function write(adoption: Adoption, c: OldCollection, kind: Kind, keys: readonly Place[][]): Promise<void> {
  const { from, to, inPlace } = adoption;
  const places = keys.flat();
  const documents = new Map<string, Old>();
  for await (const one of from.collection<Old>(c).find({ _id: { $in: places.map(({ id }) => id) } } as never))
    documents.set(idText(one._id), one);
  const documentOf = ({ id }: Place) => documents.get(idText(id));
  const knowledge = await adoption.knowing([...documents.values()]);
  const ops: AnyBulkWriteOperation[] = [];
  const others: Place[] = [];
  const aliases: { _id: string; room: string }[] = [];
  for (const key of keys) {
    const stays = staying(kind, key);
    const { _id, ...replacement } = kind.write(
      key.flatMap((one) => documentOf(one) ?? []),
      stays.parts!,
      knowledge,
    );
    if (idText(_id) !== idText(stays.id))
      throw new ConfigError(`${c} ${idText(stays.id)} is gone: somebody else deleted it; go back to the backup`);
    ops.push({ replaceOne: { filter: { _id }, replacement, upsert: true } });
    const rest = key.filter((one) => one !== stays);
    others.push(...rest);
    aliases.push(
      ...(kind.aliases?.(
        rest.map(({ id }) => ({ _id: id })),
        stays.parts!,
      ) ?? []),
    );
  }
  await setAside(adoption, others, documentOf);
  await insertNew(to.collection<{ _id: string; room: string }>('group_aliases'), aliases);
  if (ops.length > 0) await to.collection(c).bulkWrite(ops, { ordered: false });
  if (inPlace && others.length > 0) await removeFrom(adoption, others);
}

async function take(adoption: Adoption, c: OldCollection, kind: Kind, keys: readonly Place[][], stage: Stage<State>) {
  await adoption.checkAlone();
  if (!adoption.dryRun) await write(adoption, c, kind, keys);
  for (const key of keys) {
    stage.count(`after:${c}`);
    const others = key.filter((one) => one !== staying(kind, key));
    if (others.length === 0) continue;
    stage.count(`found:${c}: ${kind.others}`, others.length);
    stage.count(`aside:${c}`, others.length);
    const detail = key[0]!.parts!.join(', ');
    await insertNew(
      adoption.notes.findings,
      others.flatMap(({ id }) => findingsOf(c, { _id: id }, [[kind.others, detail]])),
    );
  }
  const { kind: of, key, at, id, c: from } = keys.at(-1)!.at(-1)!;
  stage.state = { after: { kind: of, key, at, id, c: from } };
}

/** Goes through a collection key by key: of each key one document stays, in our form. */
export async function keepOneAKey(adoption: Adoption, c: Exclude<OldCollection, 'group_messages' | 'dm_messages'>) {
  const { notes } = adoption;
  const stage = await notes.stage<State>(`store ${c}`);
  if (stage.done) return;
  const kind = KINDS[c];
  const meter = adoption.meter(`store ${c}`, await notes.places.countDocuments({ kind: c }));
  const find = notes.places.find({ kind: c }, { batchSize: 1_000 }).hint(WALK).sort(WALK);
  const last = stage.state?.after;
  let keys: Place[][] = [];
  let [count, bytes] = [0, 0];
  const flush = async () => {
    if (keys.length > 0) await take(adoption, c, kind, keys, stage);
    meter.step(count);
    [keys, count, bytes] = [[], 0, 0];
  };
  try {
    for await (const place of last ? find.min(last as Document) : find) {
      if (last && idText(place.id) === idText(last.id)) continue;
      if (keys.at(-1)?.[0]?.key === place.key) keys.at(-1)!.push(place);
      else {
        if (count >= BATCH.documents || bytes >= BATCH.bytes) {
          await flush();
          await stage.save();
        }
        keys.push([place]);
      }
      count += 1;
      bytes += place.size;
    }
    await flush();
    await stage.finish();
  } finally {
    meter.end();
  }
}
