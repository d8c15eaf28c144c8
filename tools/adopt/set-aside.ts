import { type Adoption, BATCH } from '#tools/adopt/adoption.ts';
import { insertNew, type Place, WALK } from '#tools/adopt/notes.ts';
import { idText, type Old } from '#tools/adopt/values.ts';
import type { OldCollection } from '#shared/own-database.ts';

/** Where documents are kept as they were that are not served, or not whole. */
export const asideOf = (c: OldCollection): string => `aside_${c}`;

/** Keeps the documents of these places as they were. One that is gone, or `isOurs`, was kept before a crash. */
export async function setAside(
  { to }: Adoption,
  places: readonly Place[],
  documentOf: (place: Place) => Old | undefined,
  isOurs: (document: Old) => boolean = () => false,
): Promise<void> {
  for (const [c, of] of Map.groupBy(places, (one) => one.c)) {
    const documents = of.map(documentOf).filter((one) => one !== undefined && !isOurs(one)) as Old[];
    await insertNew(to.collection<Old>(asideOf(c)), documents as never);
  }
}

/** Takes the documents of these places out of the collections they were in. */
export async function removeFrom({ from }: Adoption, places: readonly Place[]): Promise<void> {
  for (const [c, of] of Map.groupBy(places, (one) => one.c))
    await from.collection(c).deleteMany({ _id: { $in: of.map(({ id }) => id) } } as never);
}

/** Sets aside what goes nowhere. */
export async function setUselessAside(adoption: Adoption): Promise<void> {
  const { notes, from, inPlace, dryRun } = adoption;
  const stage = await notes.stage('aside');
  if (stage.done) return;
  const take = async (batch: readonly Place[]) => {
    if (dryRun || batch.length === 0) return;
    await adoption.checkAlone();
    const documents = new Map<string, Old>();
    for (const [c, of] of Map.groupBy(batch, (one) => one.c))
      for await (const one of from.collection<Old>(c).find({ _id: { $in: of.map(({ id }) => id) } } as never))
        documents.set(`${c} ${idText(one._id)}`, one);
    await setAside(adoption, batch, ({ c, id }) => documents.get(`${c} ${idText(id)}`));
    if (inPlace) await removeFrom(adoption, batch);
  };
  let batch: Place[] = [];
  let bytes = 0;
  for await (const place of notes.places.find({ kind: 'aside' }).hint(WALK).sort(WALK)) {
    stage.count(`aside:${place.c}`);
    batch.push(place);
    bytes += place.size;
    if (batch.length < BATCH.documents && bytes < BATCH.bytes) continue;
    await take(batch);
    [batch, bytes] = [[], 0];
  }
  await take(batch);
  await stage.finish();
}
