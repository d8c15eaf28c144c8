import { FreeJson, Nullable, Type, type Static } from '#shared/schema.ts';

/** What a message looks like to a client: every field of a group item and of a DM item, plus `seq` and `rev`. */

const Str = (description: string) => Type.String({ description });
const StrOrNull = (description: string) => Nullable(Type.String({ description }));

export const ReactionShape = Type.Object(
  {
    emoji: Str('The emoji as sent'),
    at: Type.Integer({ description: 'Epoch ms' }),
    userId: Str('Who reacted'),
    username: StrOrNull('Name of who reacted'),
  },
  { $id: 'Reaction' },
);

export const ReactionsShape = Type.Record(Type.String(), ReactionShape, {
  description: 'One reaction a user, by userId',
});

export const QuoteShape = Type.Object(
  {
    messageId: Type.Optional(StrOrNull('The quoted message')),
    username: Type.Optional(StrOrNull('Its author')),
    text: Str('Its text now, at most the first 2 KiB; empty when it is deleted'),
    timestamp: Type.Optional(StrOrNull('Its timestamp')),
    kind: Type.Optional(StrOrNull('Its kind')),
    media: Type.Optional(FreeJson()),
    audio: Type.Optional(FreeJson()),
    deleted: Type.Optional(Type.Boolean()),
    deletedAt: Type.Optional(StrOrNull('When it was deleted')),
  },
  { $id: 'Quote', description: 'The quoted message as it is now; what was sent when the target is unknown' },
);

export const MessageShape = Type.Object(
  {
    roomId: Str('Canonical room id: the group slug, or dm:a|b'),
    groupId: Str('The same as roomId'),
    dmId: Type.Optional(Str('The same as roomId, in DMs')),
    messageId: Str('UUID, made by the server'),
    seq: Type.Integer({ description: 'Place in the room: 1, 2, 3, without a gap' }),
    rev: Type.Integer({ description: 'The room change that this state stands for' }),
    timestamp: Str('UTC, ISO 8601 with offset; made from createdAt'),
    createdAt: Type.Integer({ description: 'Epoch ms; strictly increasing in the room' }),
    userId: StrOrNull('Author id'),
    username: StrOrNull('Author name'),
    avatar: StrOrNull('Author avatar'),
    bubbleColor: StrOrNull('Bubble colour'),
    text: Str('The text; empty when deleted'),
    kind: StrOrNull('text, gif, media, audio or null'),
    media: Type.Optional(FreeJson({ description: 'As sent, or null; absent when deleted' })),
    audio: Type.Optional(FreeJson({ description: 'As sent, or null; absent when deleted' })),
    replyTo: Nullable(QuoteShape),
    edited: Type.Boolean(),
    lastEditedAt: StrOrNull('Time of the last edit'),
    edits: Type.Array(Type.Object({ previousText: Type.String(), editedAt: Type.String() }), {
      description: 'Newest 100 edits, oldest first',
    }),
    deleted: Type.Boolean(),
    deletedAt: StrOrNull('Time of the deletion'),
    reactions: ReactionsShape,
  },
  { $id: 'Message' },
);
export type MessageView = Static<typeof MessageShape>;

/** Newest visible message of a group, as the group lists show it (contract of the clients: lastMessagePreview). */
export const PreviewShape = Type.Object(
  {
    username: StrOrNull('Author name'),
    text: Str('The text'),
    previewText: StrOrNull('GIF, Photo, Video, Attachment, or the trimmed text'),
    voiceNote: Type.Boolean(),
    kind: StrOrNull('Kind of the message'),
    createdAt: Type.Integer(),
    timestamp: Str('UTC, ISO 8601'),
    hasMedia: Type.Boolean(),
    mediaType: Nullable(Type.String({ enum: ['photo', 'video', 'attachment'] })),
    audioDurationMs: Nullable(Type.Number()),
  },
  { $id: 'Preview' },
);
export type Preview = Static<typeof PreviewShape>;
