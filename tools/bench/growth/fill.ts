import type { Db } from 'mongodb';
import { participantsOf } from '#shared/room-id.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { isoOf } from '#shared/room-log/times.ts';
import type { Head, Message } from '#shared/room-log/types.ts';
import { messageBody } from '#tools/bench/data.ts';

/** Rooms, DMs and groups as they are after years: documents and heads, without the log, which has been forgotten. */

const START = Date.UTC(2020, 0, 1);
const CHUNK = 5_000;
/** The user whose threads are asked for, and how many he has, whatever else is stored. */
export const USER = 'ada';
const THREADS = 60;
/** Texts are made once: what varies has no say in what is measured. */
const BODIES = Array.from({ length: 500 }, (_, n) => messageBody('growth', n));

/** A message as it is stored. */
export function stored(room: string, seq: number): Message {
  const { username, ...body } = BODIES[seq % BODIES.length]!;
  const createdAt = START + seq * 1_000;
  return {
    ...body,
    room,
    messageId: `${room}-${seq}`,
    seq,
    rev: seq,
    createdAt,
    timestamp: isoOf(createdAt),
    username,
    usernameLc: username.toLowerCase(),
    kind: 'text',
    media: null,
    audio: null,
    replyTo: null,
    edited: false,
    lastEditedAt: null,
    edits: [],
    deleted: false,
    deletedAt: null,
    reactions: [],
    previewable: true,
  };
}

/** The head of a room of so many messages. */
export const headOf = (room: string, count: number): Head => ({
  _id: room,
  epoch: 'bench',
  rev: count,
  seq: count,
  floorSeq: 0,
  createdAt: START + count * 1_000,
  lastSeq: count,
  previewSeq: count,
  ...(room.startsWith('dm:') && { participants: participantsOf(room), listedAt: START + count * 1_000 }),
});

/** Inserts `count` documents, `CHUNK` at a time. */
async function insert<T extends object>(
  count: number,
  make: (n: number) => T,
  into: (documents: T[]) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < count; start += CHUNK)
    await into(Array.from({ length: Math.min(CHUNK, count - start) }, (_, index) => make(start + index)));
}

/** A room of `count` messages; its indexes must be there. */
export async function fillRoom(db: Db, room: string, count: number): Promise<void> {
  const collections = collectionsOf(db);
  await insert(
    count,
    (n) => stored(room, n + 1),
    (documents) => collections.messages(room).insertMany(documents, { ordered: false }),
  );
  await collections.heads.insertOne(headOf(room, count));
}

/** The threads of the user, with one message each. */
export async function fillThreads(db: Db): Promise<void> {
  for (let n = 0; n < THREADS; n += 1) await fillRoom(db, `dm:${USER}|friend${String(n).padStart(3, '0')}`, 1);
}

/** DMs of other people, the `from`th to the `to`th: their heads, which is what a thread list reads. */
export async function fillOthersDms(db: Db, from: number, to: number): Promise<void> {
  const { heads } = collectionsOf(db);
  await insert(
    to - from,
    (n) => headOf(`dm:one${from + n}|two${from + n}`, 1),
    (documents) => heads.insertMany(documents, { ordered: false }),
  );
}

/** Groups, the `from`th to the `to`th. */
export async function fillGroups(db: Db, from: number, to: number): Promise<void> {
  await insert(
    to - from,
    (n) => ({
      id: `group-${from + n}`,
      name: `Group ${String(from + n).padStart(6, '0')}`,
      description: null,
      avatarUrl: null,
      createdAt: START,
      updatedAt: START,
      rev: 1,
    }),
    (documents) => db.collection('groups').insertMany(documents, { ordered: false }),
  );
}
