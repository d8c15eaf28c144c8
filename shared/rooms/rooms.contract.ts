import { LIMITS } from '#shared/limits.ts';
import { FreeJson, Maybe, Nullable, QueryInteger, Text, Type, type Static } from '#shared/schema.ts';
import type { Contract } from '#shared/contract.ts';
import { MessageShape, ReactionShape, ReactionsShape } from '#shared/rooms/message.shape.ts';

/** The actions that `messages` and `dm` have alike; `room` is canonical (shared/room-id.ts), the gateway sees to it. */

const Room = Text(LIMITS.id, { minLength: 1, description: 'Group id (slug or databaseId) or DM id (dm:alice|bob)' });
const MessageId = Text(LIMITS.id, { minLength: 1, description: 'Id of the message' });

const WindowSource = Type.Unsafe<'cache' | 'readmodel' | 'query'>({});

/** Bytes ready to be sent. `etag` stands for format, room, epoch, rev and count; `base` tells where the window came from. */
export const Body = Type.Object({
  etag: Type.String(),
  epoch: Type.String(),
  rev: Type.Integer(),
  body: Type.Unsafe<Buffer>({}),
  encoding: Type.Unsafe<'br' | 'gzip' | 'identity'>({}),
  base: WindowSource,
  changes: Type.Integer(),
});
export type Body = Static<typeof Body>;

/** Where a room stands: equal values mean that nothing changed. Epoch `''` and rev 0 for a room that never had a message. */
export const HeadView = Type.Object({ epoch: Type.String(), rev: Type.Integer() });
export type HeadView = Static<typeof HeadView>;

/** What one instance has of a room, and where the room stands in the database, for a person who looks into the cluster. */
const Inspection = Type.Object({
  /** Name of the instance that answers. */
  node: Type.String(),
  /** Null for a room that never had a message. */
  head: Nullable(
    Type.Object({
      epoch: Type.String(),
      rev: Type.Integer(),
      seq: Type.Integer(),
      floorSeq: Type.Integer(),
      /** Epoch ms of the newest message; 0 before the first. */
      createdAt: Type.Integer(),
      lastSeq: Nullable(Type.Integer()),
      previewSeq: Nullable(Type.Integer()),
    }),
  ),
  /** As a reader gets it now: `base` and `changes` tell what the instance had of it and how many log changes came on top. */
  window: Nullable(
    Type.Object({
      rev: Type.Integer(),
      items: Type.Integer(),
      startSeq: Type.Integer(),
      bytes: Type.Integer(),
      base: WindowSource,
      changes: Type.Integer(),
    }),
  ),
  /** Writes of all rooms that wait for a flush of the instance. */
  waiting: Type.Integer(),
});

export const NewMessageBody = {
  userId: Maybe(Text(LIMITS.id, { description: 'Author id' })),
  username: Maybe(Text(LIMITS.id, { description: 'Author name' })),
  avatar: Maybe(Type.String({ description: 'Author avatar; over 64 Ki characters it becomes null' })),
  bubbleColor: Maybe(Text(LIMITS.short, { description: 'Bubble colour' })),
  text: Maybe(Text(LIMITS.text, { description: 'The text' })),
  kind: Maybe(Text(LIMITS.short, { description: 'text, gif, media or audio' })),
  media: Maybe(FreeJson({ description: 'Stored as sent; media and audio together up to 16 KiB' })),
  audio: Maybe(FreeJson({ description: 'Stored as sent' })),
  replyTo: Maybe(
    Type.Object(
      {
        messageId: Maybe(Text(LIMITS.id)),
        username: Maybe(Text(LIMITS.id)),
        text: Maybe(Type.String()),
        timestamp: Maybe(Text(LIMITS.short)),
        kind: Maybe(Text(LIMITS.short)),
        media: Maybe(FreeJson()),
        audio: Maybe(FreeJson()),
        deleted: Maybe(Type.Boolean()),
        deletedAt: Maybe(Text(LIMITS.short)),
      },
      { description: 'The quoted message; what the server knows of it wins over what is sent' },
    ),
  ),
  replyToMessageId: Maybe(Text(LIMITS.id, { description: 'Used when there is no replyTo' })),
  replyToTimestamp: Maybe(Text(LIMITS.short, { description: 'Used when there is neither' })),
  system: Maybe(Type.Boolean({ description: 'A system line: left out of group previews' })),
  systemType: Maybe(Text(LIMITS.short, { description: 'Not empty: a system line' })),
};

export const roomContract = {
  heads: { params: Type.Object({ rooms: Type.Array(Room, { maxItems: 1_000 }) }), result: Type.Array(HeadView) },
  /** Internal: read as any reader reads, so the instance holds the room's window afterwards. */
  inspect: { params: Type.Object({ room: Room }), result: Inspection },
  latest: {
    params: Type.Object({
      room: Room,
      count: Type.Optional(
        QueryInteger({ description: '1 to 500; outside it is clamped, 0 means the default of 100' }),
      ),
      encoding: Type.Optional(
        Type.Unsafe<'br' | 'gzip' | 'identity'>(Type.String({ enum: ['br', 'gzip', 'identity'] })),
      ),
    }),
    result: Body,
  },
  page: {
    params: Type.Object({
      room: Room,
      before: Type.Optional(QueryInteger({ minimum: 0, description: 'Messages older than this createdAt (epoch ms)' })),
      after: Type.Optional(QueryInteger({ minimum: 0, description: 'Messages newer than this createdAt (epoch ms)' })),
      beforeSeq: Type.Optional(QueryInteger({ minimum: 0, description: 'Messages below this seq' })),
      afterSeq: Type.Optional(QueryInteger({ minimum: 0, description: 'Messages above this seq' })),
      limit: Type.Optional(QueryInteger({ description: '1 to 200, clamped; default 50' })),
    }),
    result: Type.Object({
      items: Type.Array(MessageShape),
      nextBefore: Nullable(
        Type.Integer({ description: 'createdAt to go on with towards older messages; null at the start' }),
      ),
      nextAfter: Nullable(
        Type.Integer({ description: 'createdAt to go on with towards newer messages; null at the end' }),
      ),
      nextBeforeSeq: Nullable(Type.Integer({ description: 'The same as a seq, for beforeSeq' })),
      nextAfterSeq: Nullable(Type.Integer({ description: 'The same as a seq, for afterSeq' })),
    }),
  },
  around: {
    params: Type.Object({
      room: Room,
      messageId: MessageId,
      limit: Type.Optional(QueryInteger({ description: '1 to 200, clamped; default 50' })),
    }),
    result: Type.Object({
      items: Type.Array(MessageShape),
      nextBefore: Nullable(Type.Integer({ description: 'createdAt to page on with by before; null at the start' })),
      nextAfter: Nullable(Type.Integer({ description: 'createdAt to page on with by after; null at the end' })),
      nextBeforeSeq: Nullable(Type.Integer({ description: 'The same as a seq, for beforeSeq' })),
      nextAfterSeq: Nullable(Type.Integer({ description: 'The same as a seq, for afterSeq' })),
    }),
  },
  changes: {
    params: Type.Object({
      room: Room,
      since: Type.Optional(Text(300, { description: 'Cursor from `next`; 0 or absent: from the start' })),
      limit: Type.Optional(QueryInteger({ description: '1 to 500, clamped; default 100' })),
      wait: Type.Optional(QueryInteger({ description: 'Seconds, 0 to 25, to wait for a first change; clamped' })),
    }),
    result: Type.Object({
      items: Type.Array(MessageShape, {
        description: 'Each message changed since, once, in its newest state, in the order of last change',
      }),
      next: Type.String({ description: 'Cursor to go on with' }),
      reset: Type.Boolean({
        description:
          'The cursor is void (room deleted, database restored): drop what you have, items is the newest window',
      }),
    }),
  },
  byId: { params: Type.Object({ room: Room, messageId: MessageId }), result: MessageShape },
  byTimestamp: {
    params: Type.Object({ room: Room, timestamp: Text(LIMITS.short, { minLength: 1 }) }),
    result: MessageShape,
  },
  create: {
    params: Type.Object({
      room: Room,
      ...NewMessageBody,
      /** Made by the gateway, so that a second try on another instance is a repeat (L10). */
      messageId: MessageId,
      fresh: Type.Optional(Type.Boolean()),
      idempotencyKey: Type.Optional(Type.String()),
    }),
    result: Type.Object({ message: MessageShape, replayed: Type.Boolean() }),
  },
  edit: {
    params: Type.Object({
      room: Room,
      messageId: MessageId,
      newText: Maybe(Text(LIMITS.text, { description: 'The new text; not empty' })),
    }),
    result: Type.Object({ success: Type.Boolean(), lastEditedAt: Type.String(), edited: Type.Boolean() }),
  },
  remove: {
    params: Type.Object({ room: Room, messageId: MessageId }),
    result: Type.Object({ success: Type.Boolean(), deletedAt: Type.String() }),
  },
  react: {
    params: Type.Object({
      room: Room,
      messageId: MessageId,
      emoji: Maybe(
        Text(LIMITS.short, { description: 'Empty or null removes; the same again removes; another replaces' }),
      ),
      user: Maybe(Type.Object({ userId: Maybe(Text(LIMITS.id)), username: Maybe(Text(LIMITS.id)) })),
    }),
    result: Type.Object({
      success: Type.Boolean(),
      messageId: Type.String(),
      reactions: ReactionsShape,
      summary: Type.Object({ totalCount: Type.Integer(), mostRecent: Nullable(ReactionShape) }),
    }),
  },
  recolour: {
    params: Type.Object({ room: Room, username: Maybe(Text(LIMITS.id)), color: Maybe(Text(LIMITS.short)) }),
    result: Type.Object({
      success: Type.Boolean(),
      updated: Type.Integer({ description: 'Messages among the newest 500 that got the colour' }),
    }),
  },
  backfillReplies: {
    params: Type.Object({
      room: Room,
      limit: Type.Optional(QueryInteger({ description: '1 to 1000, clamped; default 200' })),
    }),
    result: Type.Object({ checked: Type.Integer(), updated: Type.Integer() }),
  },
  /** Internal: empties the room at once, however many messages it has (L13). */
  deleteRoom: { params: Type.Object({ room: Room }), result: Type.Object({ success: Type.Boolean() }) },
} satisfies Contract;
