import { LIMITS } from '#shared/limits.ts';
import { FreeJson, Nullable, QueryInteger, Text, Type } from '#shared/schema.ts';
import type { Contract } from '#shared/contract.ts';
import { PreviewShape, ReactionsShape } from '#shared/rooms/message.shape.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';

const InboxPreview = Type.Object(
  {
    threadId: Type.String({ description: 'Group id or DM id' }),
    username: Nullable(Type.String()),
    text: Type.String(),
    kind: Nullable(Type.String()),
    timestamp: Type.String(),
    media: FreeJson(),
  },
  { $id: 'InboxPreview' },
);

const Recording = Type.Object(
  {
    roomId: Type.String(),
    groupId: Type.String(),
    messageId: Type.String(),
    timestamp: Type.String(),
    createdAt: Type.Integer(),
    username: Nullable(Type.String()),
    kind: Type.String({ description: 'Always audio' }),
    audio: FreeJson(),
    reactions: ReactionsShape,
  },
  { $id: 'Recording' },
);

/** Group rooms: what every room has, and what only groups have. */
export const messagesContract = {
  ...roomContract,
  /** Internal: the newest visible message of each room, in the order asked; null where there is none. `rev` is the room's. */
  previews: {
    params: Type.Object({ rooms: Type.Array(Text(LIMITS.id), { maxItems: 200 }) }),
    result: Type.Array(Nullable(PreviewShape)),
  },
  inbox: {
    params: Type.Object({
      groups: Type.Array(Text(LIMITS.id), { maxItems: 200 }),
      user: Type.Optional(Text(LIMITS.id, { description: 'Adds the DM threads of this user' })),
    }),
    result: Type.Object({ previews: Type.Array(InboxPreview) }),
  },
  recordings: {
    params: Type.Object({
      username: Text(LIMITS.id, { description: 'Author, in any case' }),
      limit: Type.Optional(QueryInteger({ description: '1 to 200, clamped; default 50' })),
      groupId: Type.Optional(Text(LIMITS.id, { description: 'Only of this group' })),
    }),
    result: Type.Object({ items: Type.Array(Recording) }),
  },
} satisfies Contract;
