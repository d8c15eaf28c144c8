import { FreeJson, Nullable, type Static, Type } from '#shared/schema.ts';

/**
 * The whole state of a message as events carry it: as the log has it, without who used which Idempotency-Key. Fields
 * are those of `shared/room-log/types.ts`; the clients' shape differs (`shared/rooms/message.shape.ts`).
 */

const Str = (description: string) => Type.String({ description });
const StrOrNull = (description: string) => Nullable(Type.String({ description }));

const QuoteState = Type.Object({
  messageId: Type.Optional(Type.String()),
  username: Type.Optional(Nullable(Type.String())),
  text: Type.String(),
  timestamp: Type.Optional(Nullable(Type.String())),
  kind: Type.Optional(Nullable(Type.String())),
  media: Type.Optional(FreeJson()),
  audio: Type.Optional(FreeJson()),
  deleted: Type.Optional(Type.Boolean()),
  deletedAt: Type.Optional(Nullable(Type.String())),
});

const ReactionState = Type.Object({
  userId: Type.String(),
  emoji: Type.String(),
  at: Type.Integer({ description: 'Epoch ms' }),
  username: Nullable(Type.String()),
});

export const MessageState = Type.Object({
  room: Str('Canonical room id'),
  messageId: Str('UUID, made by the server'),
  seq: Type.Integer({ minimum: 1, description: 'Place in the room: 1, 2, 3, without a gap' }),
  rev: Type.Integer({ minimum: 1, description: 'The change of the room that this state stands for' }),
  createdAt: Type.Integer({ description: 'Epoch ms; strictly increasing in the room' }),
  timestamp: Str('createdAt as text'),
  userId: StrOrNull('Author id'),
  username: StrOrNull('Author name'),
  usernameLc: StrOrNull('The same in lower case'),
  avatar: StrOrNull('Author avatar'),
  bubbleColor: StrOrNull('Bubble colour'),
  text: Str('The text; empty when deleted'),
  kind: StrOrNull('text, gif, media, audio or null'),
  media: Type.Optional(FreeJson({ description: 'As sent; absent when deleted' })),
  audio: Type.Optional(FreeJson({ description: 'As sent; absent when deleted' })),
  replyTo: Nullable(QuoteState),
  edited: Type.Boolean(),
  lastEditedAt: StrOrNull('Time of the last edit'),
  edits: Type.Array(Type.Object({ previousText: Type.String(), editedAt: Type.String() }), {
    description: 'Newest 100 edits, oldest first',
  }),
  deleted: Type.Boolean(),
  deletedAt: StrOrNull('Time of the deletion'),
  reactions: Type.Array(ReactionState, { description: 'One a user' }),
  previewable: Type.Optional(Type.Literal(true, { description: 'Neither deleted nor a system line' })),
});
export type MessageState = Static<typeof MessageState>;
