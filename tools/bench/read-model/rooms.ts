import type { Db } from 'mongodb';
import { MIB } from '#shared/limits.ts';
import { isoOf } from '#shared/room-log/times.ts';
import type { Message } from '#shared/room-log/types.ts';
import { messageBody } from '#tools/bench/data.ts';

/** Rooms as they are after a long time: their messages and heads, without the log, which has been forgotten. */

export const COLD_ROOMS = Array.from({ length: 100 }, (_, n) => `cold-${n}`);
export const COLD_MESSAGES = 600;
export const HUGE_ROOM = 'cold-huge';
export const HUGE_MESSAGES = 100_000;

const START = Date.UTC(2026, 0, 1);
const CHUNK = 5_000;

/** A message of about 90 characters, as the bench of the API sends them. */
function stored(room: string, seq: number): Message {
  const { username, ...body } = messageBody(room, seq % MIB);
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

async function fillRoom(db: Db, room: string, count: number): Promise<void> {
  for (let start = 1; start <= count; start += CHUNK) {
    const size = Math.min(CHUNK, count - start + 1);
    const messages = Array.from({ length: size }, (_, index) => stored(room, start + index));
    await db.collection('group_messages').insertMany(messages, { ordered: false });
  }
  const createdAt = START + count * 1_000;
  const head = { epoch: 'bench', rev: count, seq: count, floorSeq: 0, createdAt, lastSeq: count, previewSeq: count };
  await db.collection<{ _id: string }>('rooms').insertOne({ _id: room, ...head });
}

/** Fills the rooms; their indexes must be there. */
export async function fillRooms(db: Db): Promise<void> {
  for (const room of COLD_ROOMS) await fillRoom(db, room, COLD_MESSAGES);
  await fillRoom(db, HUGE_ROOM, HUGE_MESSAGES);
}
