import type { Contract } from '#shared/contract.ts';
import { LIMITS } from '#shared/limits.ts';
import { Maybe, Text, Type } from '#shared/schema.ts';

const At = Type.Integer({ description: 'Epoch ms' });
const Pair = {
  from: Maybe(Text(LIMITS.id, { description: 'Username of who likes, in any case' })),
  to: Maybe(Text(LIMITS.id, { description: 'Username of who is liked, in any case' })),
};
const User = Text(LIMITS.id, { minLength: 1, description: 'Username, in any case' });

export const likesContract = {
  like: {
    params: Type.Object({
      ...Pair,
      at: Maybe(Type.Integer({ minimum: 0, description: 'Epoch ms; default now' })),
    }),
    result: Type.Object({ from: Type.String(), to: Type.String(), at: At }),
  },
  unlike: { params: Type.Object(Pair), result: Type.Object({ removed: Type.Boolean() }) },
  likesIncoming: {
    params: Type.Object({ user: User }),
    result: Type.Array(Type.Object({ from: Type.String(), at: At })),
  },
  likesOutgoing: {
    params: Type.Object({ user: User }),
    result: Type.Array(Type.Object({ to: Type.String(), at: At })),
  },
} satisfies Contract;
