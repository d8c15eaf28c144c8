import { define, type EventOf } from '#shared/events/envelope.ts';
import { MessageState } from '#shared/events/message.shape.ts';
import type { Change } from '#shared/room-log/types.ts';
import { Nullable, Type } from '#shared/schema.ts';

/** Changes of rooms (groups and DMs): one event a change of the room log. Topic `messages`, keyed by room. */

const Place = {
  room: Type.String({ minLength: 1, description: 'Canonical room id: the group slug, or `dm:a|b`' }),
  epoch: Type.String({ description: 'Revs of another epoch (a restored backup, a lost head) cannot be compared' }),
  rev: Type.Integer({ minimum: 1, description: 'Counts the changes of the room: 1, 2, 3, without a gap' }),
  from: Type.Integer({ minimum: 1, description: 'First rev of the changes that were stored together with this one' }),
  to: Type.Integer({ minimum: 1, description: 'Last rev of them' }),
};
const MessageSeq = { seq: Type.Integer({ minimum: 1, description: 'Place of the message in the room' }) };
const NoSeq = { seq: Type.Null() };

const State = {
  message: Type.Optional(
    Type.Object(MessageState.properties, {
      description:
        'The state after this change. Of changes that were stored together only the last of a message has it; the one that has it comes with a rev up to `to`',
    }),
  ),
  reference: Type.Optional(
    Type.Literal(true, {
      description: 'The state was too large for Kafka and was left out: no later event brings it, so read it',
    }),
  ),
};

const Target = { messageId: Type.String() };
const MessageOp = Type.Object(Target);

export const messageCreated = define({
  type: 'tm.message.created',
  version: 1,
  topic: 'messages',
  text: 'A message was sent.',
  data: Type.Object({
    ...Place,
    kind: Type.Literal('created'),
    ...MessageSeq,
    op: MessageOp,
    groupId: Type.Optional(Type.String({ description: 'The room' })),
    messageId: Type.Optional(Type.String()),
    createdAt: Type.Optional(Type.Integer({ description: 'Epoch ms' })),
    username: Type.Optional(Nullable(Type.String())),
    userId: Type.Optional(Nullable(Type.String())),
    text: Type.Optional(Type.String({ description: 'As it was after the change `to`' })),
    ...State,
  }),
  example: {
    of: { id: 'hiking:5f1c.9b2d:7', subject: 'hiking', at: Date.UTC(2026, 0, 2, 3, 4, 5) },
    data: {
      room: 'hiking',
      epoch: '5f1c.9b2d',
      rev: 7,
      from: 7,
      to: 7,
      kind: 'created',
      seq: 4,
      op: { messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' },
      groupId: 'hiking',
      messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
      createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
      username: 'Ann',
      userId: 'u1',
      text: 'At eight?',
      message: {
        room: 'hiking',
        messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
        seq: 4,
        rev: 7,
        createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
        timestamp: '2026-01-02T03:04:05+00:00',
        userId: 'u1',
        username: 'Ann',
        usernameLc: 'ann',
        avatar: null,
        bubbleColor: null,
        text: 'At eight?',
        kind: 'text',
        replyTo: null,
        edited: false,
        lastEditedAt: null,
        edits: [],
        deleted: false,
        deletedAt: null,
        reactions: [],
        previewable: true,
      },
    },
  },
});

const place = (rev: number) => ({ room: 'hiking', epoch: '5f1c.9b2d', rev, from: rev, to: rev });
const occurrence = (rev: number) => ({
  id: `hiking:5f1c.9b2d:${rev}`,
  subject: 'hiking',
  at: Date.UTC(2026, 0, 2, 3, 4, rev),
});
const ofMessage = { seq: 4, op: { messageId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' } };

export const messageEdited = define({
  type: 'tm.message.edited',
  version: 1,
  topic: 'messages',
  text: 'A message got another text.',
  data: Type.Object({ ...Place, kind: Type.Literal('edited'), ...MessageSeq, op: MessageOp, ...State }),
  example: { of: occurrence(8), data: { ...place(8), kind: 'edited', ...ofMessage } },
});

export const messageDeleted = define({
  type: 'tm.message.deleted',
  version: 1,
  topic: 'messages',
  text: 'A message was deleted; its state is a tombstone.',
  data: Type.Object({ ...Place, kind: Type.Literal('deleted'), ...MessageSeq, op: MessageOp, ...State }),
  example: { of: occurrence(9), data: { ...place(9), kind: 'deleted', ...ofMessage } },
});

export const messageReacted = define({
  type: 'tm.message.reacted',
  version: 1,
  topic: 'messages',
  text: 'Somebody reacted to a message, or took a reaction back. `op` is what was asked; the state has what came of it.',
  data: Type.Object({
    ...Place,
    kind: Type.Literal('reacted'),
    ...MessageSeq,
    op: Type.Object({
      ...Target,
      userId: Type.String(),
      username: Nullable(Type.String()),
      emoji: Nullable(Type.String({ description: 'Null, blank, or the one that is there: takes it back' })),
    }),
    ...State,
  }),
  example: {
    of: occurrence(10),
    data: {
      ...place(10),
      kind: 'reacted',
      seq: 4,
      op: { ...ofMessage.op, userId: 'u2', username: 'Ben', emoji: '👍' },
    },
  },
});

export const roomRecoloured = define({
  type: 'tm.room.recoloured',
  version: 1,
  topic: 'messages',
  text: "A user's messages between two seqs got a bubble colour. It gives its rev to those that it touches, and leaves those with a higher one alone.",
  data: Type.Object({
    ...Place,
    kind: Type.Literal('recoloured'),
    ...NoSeq,
    op: Type.Object({
      usernameLc: Type.String({ description: 'Whose messages' }),
      colour: Type.String(),
      fromSeq: Type.Integer(),
      toSeq: Type.Integer(),
    }),
  }),
  example: {
    of: occurrence(11),
    data: {
      ...place(11),
      kind: 'recoloured',
      seq: null,
      op: { usernameLc: 'ann', colour: '#aabbcc', fromSeq: 1, toSeq: 4 },
    },
  },
});

export const roomDeleted = define({
  type: 'tm.room.deleted',
  version: 1,
  topic: 'messages',
  text: 'The room was emptied: no message with a seq up to `floorSeq` exists any more. Revs and seqs go on counting.',
  data: Type.Object({
    ...Place,
    kind: Type.Literal('room-deleted'),
    ...NoSeq,
    op: Type.Object({ floorSeq: Type.Integer() }),
  }),
  example: {
    of: occurrence(12),
    data: { ...place(12), kind: 'room-deleted', seq: null, op: { floorSeq: 4 } },
  },
});

/** By the kind of the change in the log. */
export const ROOM_EVENTS = {
  created: messageCreated,
  edited: messageEdited,
  deleted: messageDeleted,
  reacted: messageReacted,
  recoloured: roomRecoloured,
  'room-deleted': roomDeleted,
} as const;

export type RoomEvent = EventOf<(typeof ROOM_EVENTS)[keyof typeof ROOM_EVENTS]>;

/** The change as the log has it, but for what events leave out of a message. */
export function changeOf({ data }: RoomEvent): Change {
  const { rev, kind, seq, op } = data;
  return 'message' in data && data.message ? { rev, kind, seq, op, message: data.message } : { rev, kind, seq, op };
}
