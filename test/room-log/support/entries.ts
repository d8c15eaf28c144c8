import { ObjectId } from 'mongodb';
import { participantsOf } from '#shared/room-id.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import type { Change, Entry, Head, Message } from '#shared/room-log/types.ts';

/** Entries made by hand, as a writer that died after its append leaves them. */

/** A stored message's state. */
export function state(room: string, seq: number, rev: number, fields: Partial<Message> = {}): Message {
  const createdAt = Date.UTC(2026, 0, 1) + seq;
  return {
    room,
    messageId: `by-hand-${seq}`,
    seq,
    rev,
    createdAt,
    timestamp: `${new Date(createdAt).toISOString().slice(0, -1)}000+00:00`,
    userId: 'ann',
    username: 'Ann',
    usernameLc: 'ann',
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
    ...fields,
  };
}

/** The entry that creates one message behind `head`. */
export function creation(head: Head, fields: Partial<Message> = {}, at = Date.now()): Entry {
  const [seq, rev] = [head.seq + 1, head.rev + 1];
  const message = state(head._id, seq, rev, fields);
  const change: Change = { rev, kind: 'created', seq, op: { messageId: message.messageId }, message };
  const { purgeAt: _purgeAt, ...kept } = head;
  return {
    _id: new ObjectId(),
    room: head._id,
    epoch: head.epoch,
    from: rev,
    to: rev,
    at,
    changes: [change],
    head: { ...kept, rev, seq, createdAt: message.createdAt, lastSeq: seq, previewSeq: seq },
  };
}

/** Fills a room with plain messages and their head, without a log, as an old room has it. */
export async function fill(collections: Collections, room: string, count: number, epoch = 'filled'): Promise<void> {
  for (let start = 1; start <= count; start += 5_000) {
    const size = Math.min(5_000, count - start + 1);
    const documents = Array.from({ length: size }, (_, index) =>
      state(room, start + index, start + index, {
        messageId: `${room}-${start + index}`,
        ...((start + index) % 10 === 0 && { kind: 'audio', audio: { url: '/a.mp3' } }),
      }),
    );
    await collections.messages(room).insertMany(documents, { ordered: false });
  }
  const { createdAt } = state(room, count, count);
  const head = { epoch, rev: count, seq: count, floorSeq: 0, createdAt, lastSeq: count, previewSeq: count };
  const dm = room.startsWith('dm:') ? { participants: participantsOf(room), listedAt: createdAt } : {};
  await collections.heads.insertOne({ _id: room, ...head, ...dm });
}
