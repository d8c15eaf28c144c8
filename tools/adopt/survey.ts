import { BSON } from 'mongodb';
import type { OldCollection } from '#shared/own-database.ts';
import { type Adoption, BATCH } from '#tools/adopt/adoption.ts';
import { KINDS } from '#tools/adopt/kinds.ts';
import type { Knowledge } from '#tools/adopt/kind.ts';
import { messageRoom, rawRoomOf } from '#tools/adopt/message-place.ts';
import { type Finding, findingsOf, insertNew, type Place, type Stage } from '#tools/adopt/notes.ts';
import { readMessage } from '#tools/adopt/read-message.ts';
import { idText, type Note, type Old } from '#tools/adopt/values.ts';

export const isMessages = (c: OldCollection): c is 'group_messages' | 'dm_messages' =>
  c === 'group_messages' || c === 'dm_messages';

interface Seen {
  place: Place;
  notes: readonly Note[];
  /** The room under another id: from which to which. */
  joined?: string;
}

function seeMessage(
  c: OldCollection,
  document: Old,
  knowledge: Knowledge,
): Omit<Place, '_id' | 'id' | 'c' | 'size'> & Omit<Seen, 'place'> {
  const where = messageRoom(c, document, knowledge.slugOf);
  if ('why' in where) return { kind: 'aside', key: where.why, at: 0, notes: [[where.why]] };
  const { message, createdAt, sum, notes, keep } = readMessage(c, document, knowledge.avatarOf);
  const raw = rawRoomOf(c, document);
  return {
    kind: 'messages',
    key: where.room,
    at: createdAt,
    mid: message.messageId,
    sum,
    ...(keep && { keep }),
    notes,
    ...(raw !== where.room && { joined: `${raw} → ${where.room}` }),
  };
}

function seeOther(c: Exclude<OldCollection, 'group_messages' | 'dm_messages'>, document: Old, knowledge: Knowledge) {
  const read = KINDS[c].read(document, knowledge);
  if ('why' in read) return { kind: 'aside', key: read.why, at: 0, notes: [[read.why]] as Note[] } as const;
  const { parts, at, notes } = read;
  return { kind: c, key: JSON.stringify(parts), parts, at, notes };
}

function see(c: OldCollection, document: Old, knowledge: Knowledge): Seen {
  const { notes, ...place } = isMessages(c) ? seeMessage(c, document, knowledge) : seeOther(c, document, knowledge);
  const { joined, ...rest } = place as typeof place & { joined?: string };
  const { _id: id } = document;
  const size = BSON.calculateObjectSize(document);
  return { place: { _id: { c, id }, ...rest, id, c, size }, notes, ...(joined !== undefined && { joined }) };
}

async function seeAll(
  adoption: Adoption,
  c: OldCollection,
  documents: readonly Old[],
  stage: Stage<{ after: unknown }>,
) {
  const knowledge = await adoption.knowing(documents);
  const places: Place[] = [];
  const findings: Finding[] = [];
  for (const document of documents) {
    const { place, notes, joined } = see(c, document, knowledge);
    places.push(place);
    stage.count(`before:${c}`);
    for (const [kind] of notes) stage.count(`found:${c}: ${kind}`);
    findings.push(...findingsOf(c, document, notes));
    if (joined === undefined) continue;
    stage.count(`found:${c}: messages of rooms under another id`);
    findings.push({ _id: { kind: 'messages of rooms under another id', c, id: joined } });
  }
  await insertNew(adoption.notes.places, places);
  await insertNew(adoption.notes.findings, [
    ...new Map(findings.map((one) => [JSON.stringify(one._id), one])).values(),
  ]);
  stage.state = { after: documents.at(-1)!._id };
}

/**
 * Reads a whole collection of the older service, by `_id`, and notes where each document goes and what is to be put
 * right. Nothing but the notes is written.
 */
export async function survey(adoption: Adoption, c: OldCollection): Promise<void> {
  const stage = await adoption.notes.stage<{ after: unknown }>(`survey ${c}`);
  if (stage.done) return;
  const total = await adoption.from.collection(c).estimatedDocumentCount();
  const meter = adoption.meter(`read ${c}`, total);
  meter.step(stage.tally.get(`before:${c}`) ?? 0);
  const after = stage.state && idText(stage.state.after);
  // min() goes on behind an _id of any type, which $gt does not.
  const find = adoption.from.collection<Old>(c).find({} as never, { sort: { _id: 1 }, hint: { _id: 1 } });
  const cursor = stage.state ? find.min({ _id: stage.state.after } as never) : find;
  let batch: Old[] = [];
  let bytes = 0;
  const take = async () => {
    if (batch.length === 0) return;
    await adoption.checkAlone();
    await seeAll(adoption, c, batch, stage);
    meter.step(batch.length);
    [batch, bytes] = [[], 0];
  };
  try {
    for await (const document of cursor as AsyncIterable<Old>) {
      if (after !== null && idText(document._id) === after) continue;
      batch.push(document);
      bytes += BSON.calculateObjectSize(document);
      if (batch.length < BATCH.documents && bytes < BATCH.bytes) continue;
      await take();
      await stage.save();
    }
    await take();
    await stage.finish();
  } finally {
    meter.end();
  }
}
