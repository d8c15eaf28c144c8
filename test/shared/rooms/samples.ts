import type { Collections } from '#shared/room-log/collections.ts';
import { participantsOf, isDm } from '#shared/room-id.ts';
import { isoOf } from '#shared/room-log/times.ts';
import type { Head, Message } from '#shared/room-log/types.ts';

/** A time in 2026 that has no meaning. */
export const NOON = 1_774_000_000_000;

/** A plain message: `seq` also makes its id, rev and time, unless said otherwise. */
export function message(room: string, seq: number, more: Partial<Message> = {}): Message {
  const createdAt = more.createdAt ?? NOON + seq * 1000;
  return {
    room,
    messageId: `m${seq}`,
    seq,
    rev: seq,
    createdAt,
    timestamp: isoOf(createdAt),
    userId: 'u1',
    username: 'Alice',
    usernameLc: 'alice',
    avatar: null,
    bubbleColor: null,
    text: `text ${seq}`,
    kind: null,
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
    ...more,
  };
}

export const messages = (
  room: string,
  count: number,
  more: (seq: number) => Partial<Message> = () => ({}),
): Message[] => Array.from({ length: count }, (_, index) => message(room, index + 1, more(index + 1)));

/** The head that a room with these messages has. */
export function headOf(room: string, stored: readonly Message[], more: Partial<Head> = {}): Head {
  const floorSeq = more.floorSeq ?? 0;
  const visible = stored.filter(({ seq }) => seq > floorSeq);
  const last = visible.at(-1);
  return {
    _id: room,
    epoch: 'e',
    rev: Math.max(0, ...stored.map(({ rev }) => rev)),
    seq: stored.at(-1)?.seq ?? 0,
    floorSeq,
    createdAt: stored.at(-1)?.createdAt ?? 0,
    lastSeq: last?.seq ?? null,
    previewSeq: visible.findLast(({ previewable }) => previewable)?.seq ?? null,
    ...(isDm(room) ? { participants: participantsOf(room), ...(last ? { listedAt: last.createdAt } : {}) } : {}),
    ...more,
  };
}

/** Stores a room as the log would have left it. */
export async function store(
  collections: Collections,
  room: string,
  stored: Message[],
  more: Partial<Head> = {},
): Promise<Head> {
  const head = headOf(room, stored, more);
  await collections.heads.replaceOne({ _id: room }, head, { upsert: true });
  if (stored.length > 0) await collections.messages(room).insertMany(stored.map((one) => ({ ...one })));
  return head;
}

export const seqsOf = (found: readonly { seq: number }[]): number[] => found.map(({ seq }) => seq);
