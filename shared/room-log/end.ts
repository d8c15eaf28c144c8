import { randomBytes } from 'node:crypto';
import type { Collections } from '#shared/room-log/collections.ts';
import { participantsOf, isDm } from '#shared/room-id.ts';
import { DURABLE } from '#shared/room-log/append.ts';
import { project } from '#shared/room-log/project.ts';
import type { Entry, Head } from '#shared/room-log/types.ts';

/** Finds the end of a room's log for a writer, and brings a head to it that a died writer left behind (L2, L4, L7). */

const MAJORITY = { readConcern: 'majority' } as const;

/** Entries that are applied in one turn while catching up. */
const CATCH_UP_ENTRIES = 50;

/** The head of a room that has none yet; it is stored by `storeNewHeads` before the first append (L8). */
export function newHead(room: string): Head {
  const dm = isDm(room) ? { participants: participantsOf(room) } : {};
  return {
    _id: room,
    epoch: randomBytes(9).toString('base64url'),
    rev: 0,
    seq: 0,
    floorSeq: 0,
    createdAt: 0,
    lastSeq: null,
    previewSeq: null,
    ...dm,
  };
}

/**
 * The head of each room, equal to the end of its log as a majority knows it. Rooms without head, log and documents get
 * a new head that is not stored. Throws when a log has a hole or an entry cannot be projected, which is a bug.
 */
export async function readEnds(collections: Collections, rooms: readonly string[]): Promise<Map<string, Head>> {
  const ends = new Map<string, Head>();
  for (const head of await collections.heads.find({ _id: { $in: [...rooms] } }, MAJORITY).toArray())
    ends.set(head._id, head);
  const headless = rooms.filter((room) => !ends.has(room));
  const beyond = await roomsBeyond(collections, [...ends.values()]);
  await Promise.all(beyond.map(async (room) => ends.set(room, await catchUp(collections, room, ends.get(room)!))));
  if (headless.length === 0) return ends;
  // Nearly always they are just new, which a few look-ups say for all of them.
  const isNew = !(await leftTraces(collections, headless));
  await Promise.all(
    headless.map(async (room) => ends.set(room, isNew ? newHead(room) : await rebuiltHead(collections, room))),
  );
  return ends;
}

/** True when any of these rooms has a log entry or a message. */
async function leftTraces({ log, group, dm }: Collections, rooms: readonly string[]): Promise<boolean> {
  const one = { room: { $in: [...rooms] } };
  const options = { ...MAJORITY, projection: { _id: 0, room: 1 } };
  const traces = await Promise.all([log.findOne(one, options), group.findOne(one, options), dm.findOne(one, options)]);
  return traces.some((trace) => trace !== null);
}

/** The rooms among these heads whose log goes on beyond the head. */
async function roomsBeyond({ log }: Collections, heads: readonly Head[]): Promise<string[]> {
  const found = new Set<string>();
  for (let start = 0; start < heads.length; start += 200) {
    const some = heads.slice(start, start + 200).map(({ _id, rev }) => ({ room: _id, from: rev + 1 }));
    for await (const { room } of log.find({ $or: some }, { ...MAJORITY, projection: { _id: 0, room: 1 } }))
      found.add(room);
  }
  return [...found];
}

/** Applies the entries beyond `head`, in order, and answers the head at the end of the log. */
export async function catchUp(collections: Collections, room: string, head: Head): Promise<Head> {
  let end = head;
  for (;;) {
    const entries = await collections.log
      .find({ room, from: { $gt: end.rev } }, MAJORITY)
      .sort({ from: 1 })
      .limit(CATCH_UP_ENTRIES)
      .toArray();
    if (entries.length === 0) return end;
    for (const entry of entries) end = await applyNext(collections, end, entry);
  }
}

async function applyNext(collections: Collections, head: Head, entry: Entry): Promise<Head> {
  if (entry.from !== head.rev + 1)
    throw new Error(`the log of ${entry.room} has a hole between rev ${head.rev} and ${entry.from}`);
  const { failed } = await project(collections, [entry]);
  const problem = failed.get(entry);
  if (problem) throw problem;
  const purgeAt = head.purgeAt === undefined ? {} : { purgeAt: head.purgeAt };
  return { ...purgeAt, ...entry.head };
}

/**
 * L7: a missing head, from the log where it reaches, else from the documents. Documents do not say every rev that was
 * given, so such a head gets a new epoch, which voids what readers hold of the room.
 */
async function rebuiltHead(collections: Collections, room: string): Promise<Head> {
  const [first] = await collections.log.find({ room }, MAJORITY).sort({ from: 1 }).limit(1).toArray();
  const messages = collections.messages(room);
  const [newest] = await messages.find({ room }, MAJORITY).sort({ seq: -1 }).limit(1).toArray();
  if (!first && !newest) return newHead(room);
  const { epoch, ...fresh } = newHead(room);
  let head: Head = { ...fresh, epoch };
  if (first) head = { ...head, ...first.head, rev: first.from - 1 };
  else {
    const [changed] = await messages.find({ room }, MAJORITY).sort({ rev: -1, seq: -1 }).limit(1).toArray();
    const [oldest] = await messages.find({ room }, MAJORITY).sort({ seq: 1 }).limit(1).toArray();
    const [preview] = await messages.find({ room, previewable: true }, MAJORITY).sort({ seq: -1 }).limit(1).toArray();
    const { seq, createdAt } = newest!;
    const listed = isDm(room) ? { listedAt: createdAt } : {};
    head = {
      ...head,
      ...listed,
      rev: changed!.rev,
      seq,
      createdAt,
      floorSeq: oldest!.seq - 1,
      lastSeq: seq,
      previewSeq: preview?.seq ?? null,
    };
  }
  await collections.heads.updateOne(
    { _id: room },
    { $setOnInsert: withoutId(head) },
    { upsert: true, writeConcern: DURABLE },
  );
  return catchUp(collections, room, head);
}

const withoutId = ({ _id, ...fields }: Head) => fields;

/**
 * L8: stores the new heads (majority) before their rooms' first append. Another process may have been faster: the
 * epoch that is stored then counts.
 */
export async function storeNewHeads(collections: Collections, heads: readonly Head[]): Promise<Map<string, string>> {
  if (heads.length === 0) return new Map();
  const ops = heads.map((head) => ({
    updateOne: { filter: { _id: head._id }, update: { $setOnInsert: withoutId(head) }, upsert: true },
  }));
  await collections.heads.bulkWrite(ops, { ordered: false, writeConcern: DURABLE });
  const stored = await collections.heads
    .find({ _id: { $in: heads.map(({ _id }) => _id) } }, { projection: { epoch: 1 } })
    .toArray();
  return new Map(stored.map(({ _id, epoch }) => [_id, epoch]));
}
