import type { AnyBulkWriteOperation, Document } from 'mongodb';
import { ConfigError } from '#shared/config.ts';
import { isDm } from '#shared/room-id.ts';
import { newHead } from '#shared/room-log/end.ts';
import type { Message, Millis } from '#shared/room-log/types.ts';
import { type Adoption, BATCH } from '#tools/adopt/adoption.ts';
import { type Finding, findingsOf, insertNew, type Place, type Stage, WALK } from '#tools/adopt/notes.ts';
import { readMessage } from '#tools/adopt/read-message.ts';
import { removeFrom, setAside } from '#tools/adopt/set-aside.ts';
import { idText, type Old } from '#tools/adopt/values.ts';

type Collection = 'group_messages' | 'dm_messages';

/** How far a room is numbered. */
interface Room {
  room: string;
  seq: number;
  createdAt: Millis;
  previewSeq: number | null;
}

interface State {
  after: Pick<Place, 'kind' | 'key' | 'at' | 'id' | 'c'>;
  /** The room of the last place. */
  open: Room;
}

interface Numbered {
  place: Place;
  room: Room;
  seq: number;
  createdAt: Millis;
}

const targetOf = (room: string): Collection => (isDm(room) ? 'dm_messages' : 'group_messages');

/** A message that changes collections gets an `_id` that none there can have. */
const newIdOf = ({ c, id, key }: Place): unknown => (c === targetOf(key) ? id : `moved:${idText(id)}`);

/** Gives the places of a batch their numbers, which depend on the notes alone. Answers also the rooms that end in it. */
function numbersOf(places: readonly Place[], before: Room | null, stage: Stage<State>) {
  const numbered: Numbered[] = [];
  const ended: Room[] = [];
  const raised: Finding[] = [];
  let room = before;
  for (const place of places) {
    if (room === null || room.room !== place.key) {
      if (room) ended.push(room);
      room = { room: place.key, seq: 0, createdAt: 0, previewSeq: null };
    }
    if (place.drop) {
      stage.count(`aside:${place.c}`);
      continue;
    }
    if (place.keep) stage.count(`originals:${place.c}`);
    const createdAt = Math.max(place.at, room.createdAt + 1);
    if (createdAt > place.at) {
      const kind = 'createdAt of an earlier one of the room: raised';
      stage.count(`found:${place.c}: ${kind}`);
      raised.push(...findingsOf(place.c, { _id: place.id }, [[kind, `${place.at} → ${createdAt}`]]));
    }
    room.seq += 1;
    room.createdAt = createdAt;
    stage.count(`after:${targetOf(place.key)}`);
    if (place.c !== targetOf(place.key)) stage.count(`found:${place.c}: messages moved to ${targetOf(place.key)}`);
    numbered.push({ place, room, seq: room.seq, createdAt });
  }
  return { numbered, ended, raised, open: room };
}

/** The old documents of these places, by collection and id; those in our form already, from before a crash, are among them. */
async function documentsOf({ from, to }: Adoption, places: readonly Place[]): Promise<Map<string, Old>> {
  const found = new Map<string, Old>();
  for (const c of ['group_messages', 'dm_messages'] as const) {
    const ids = places.filter((one) => one.c === c).map(({ id }) => id);
    if (ids.length === 0) continue;
    for await (const one of from.collection<Old>(c).find({ _id: { $in: ids } } as never))
      found.set(`${c} ${idText(one._id)}`, one);
  }
  const missing = places.filter((one) => one.c !== targetOf(one.key) && !found.has(`${one.c} ${idText(one.id)}`));
  const moved = new Map(missing.map((one) => [newIdOf(one), one]));
  if (moved.size === 0) return found;
  for await (const one of to.collection<Old>('dm_messages').find({ _id: { $in: [...moved.keys()] } } as never)) {
    const { c, id } = moved.get(one._id)!;
    found.set(`${c} ${idText(id)}`, one);
  }
  return found;
}

/** In our form by now. */
const isOurs = (document: Old): boolean => typeof document.room === 'string' && typeof document.seq === 'number';

async function write(
  adoption: Adoption,
  places: readonly Place[],
  numbered: readonly Numbered[],
  ended: readonly Room[],
) {
  const { to, inPlace } = adoption;
  const documents = await documentsOf(adoption, places);
  const documentOf = ({ c, id }: Place) => documents.get(`${c} ${idText(id)}`);
  const fresh = [...documents.values()].filter((one) => !isOurs(one));
  const knowledge = await adoption.knowing(fresh);
  const ops: Record<Collection, AnyBulkWriteOperation[]> = { group_messages: [], dm_messages: [] };
  for (const { place, room, seq, createdAt } of numbered) {
    const document = documentOf(place);
    if (!document)
      throw new ConfigError(`${place.c} ${idText(place.id)} is gone: somebody else deleted it; go back to the backup`);
    if (isOurs(document)) {
      if (document.previewable === true) room.previewSeq = seq;
      continue;
    }
    const { message } = readMessage(place.c, document, knowledge.avatarOf);
    const stored: Message = { ...message, messageId: place.mid!, room: room.room, seq, rev: seq, createdAt };
    if (stored.previewable) room.previewSeq = seq;
    const filter = { _id: newIdOf(place) as never };
    ops[targetOf(room.room)].push({ replaceOne: { filter, replacement: stored, upsert: true } });
  }
  await setAside(
    adoption,
    places.filter(({ keep, drop }) => keep || drop),
    documentOf,
    isOurs,
  );
  for (const name of ['group_messages', 'dm_messages'] as const)
    if (ops[name].length > 0) await to.collection(name).bulkWrite(ops[name], { ordered: false });
  await storeHeads(adoption, ended);
  if (inPlace)
    await removeFrom(
      adoption,
      places.filter((one) => one.drop || one.c !== targetOf(one.key)),
    );
}

/** The heads of rooms that are numbered to their end: after their messages, as when messages are written (L4). */
async function storeHeads({ to }: Adoption, rooms: readonly Room[]): Promise<void> {
  const ops = rooms
    .filter(({ seq }) => seq > 0)
    .map(({ room, seq, createdAt, previewSeq }) => {
      const { _id, ...fresh } = newHead(room);
      const listed = isDm(room) ? { listedAt: createdAt } : {};
      const head = { ...fresh, ...listed, rev: seq, seq, createdAt, lastSeq: seq, previewSeq };
      return { updateOne: { filter: { _id: _id as never }, update: { $setOnInsert: head }, upsert: true } };
    });
  if (ops.length > 0) await to.collection('rooms').bulkWrite(ops, { ordered: false });
}

async function numberBatch(adoption: Adoption, places: readonly Place[], stage: Stage<State>): Promise<void> {
  const { numbered, ended, raised, open } = numbersOf(places, stage.state?.open ?? null, stage);
  for (const { seq } of ended) if (seq > 0) stage.count('after:rooms');
  if (!adoption.dryRun) await write(adoption, places, numbered, ended);
  await insertNew(adoption.notes.findings, raised);
  const { kind, key, at, id, c } = places.at(-1)!;
  stage.state = { after: { kind, key, at, id, c }, open: open! };
}

/**
 * Gives every message its number, a room at a time in the order of createdAt and `_id`, and stores it in our form. After
 * a crash the batch that was under way is made again: its numbers come from the notes, and what is stored stays.
 */
export async function numberMessages(adoption: Adoption): Promise<void> {
  const { notes } = adoption;
  const stage = await notes.stage<State>('messages');
  if (stage.done) return;
  const meter = adoption.meter('number messages', await notes.places.countDocuments({ kind: 'messages' }));
  const find = notes.places.find({ kind: 'messages' }, { batchSize: 1_000 }).hint(WALK).sort(WALK);
  const last = stage.state?.after;
  const walk = last ? find.min(last as Document) : find;
  let batch: Place[] = [];
  let bytes = 0;
  const take = async () => {
    if (batch.length === 0) return;
    await adoption.checkAlone();
    await numberBatch(adoption, batch, stage);
    meter.step(batch.length);
    [batch, bytes] = [[], 0];
  };
  try {
    for await (const place of walk) {
      if (last && place.c === last.c && idText(place.id) === idText(last.id)) continue;
      batch.push(place);
      bytes += place.size;
      if (batch.length < BATCH.documents && bytes < BATCH.bytes) continue;
      await take();
      await stage.save();
    }
    await take();
    const open = stage.state?.open;
    if (open && open.seq > 0) stage.count('after:rooms');
    if (open && !adoption.dryRun) await storeHeads(adoption, [open]);
    await stage.finish();
  } finally {
    meter.end();
  }
}
