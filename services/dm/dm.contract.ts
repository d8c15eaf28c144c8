import { LIMITS } from '#shared/limits.ts';
import { Text, Type } from '#shared/schema.ts';
import type { Contract } from '#shared/contract.ts';
import { MessageShape } from '#shared/rooms/message.shape.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';

const Thread = Type.Object(
  {
    dmId: Type.String({ description: 'dm:alice|bob' }),
    latest: Type.Integer({ description: 'createdAt of the newest message (epoch ms)' }),
    last: Type.Optional(Type.Omit(MessageShape, ['roomId', 'groupId', 'dmId'])),
  },
  { $id: 'Thread' },
);

/** DMs: what every room has, and the list of a user's threads. */
export const dmContract = {
  ...roomContract,
  threads: {
    params: Type.Object({
      user: Text(LIMITS.id, { description: 'Username in any case; blank gives an empty list' }),
      before: Type.Optional(Text(600, { description: 'Cursor from `next`: older threads' })),
    }),
    result: Type.Object({
      threads: Type.Array(Thread, { description: 'Newest first, at most 500' }),
      next: Type.Optional(Type.String({ description: 'Cursor for `before` when there are more than 500' })),
    }),
  },
} satisfies Contract;
