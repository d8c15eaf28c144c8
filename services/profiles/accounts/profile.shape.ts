import { Nullable, Type, type Static } from '#shared/schema.ts';

export const ProfileShape = Type.Object(
  {
    userId: Type.String(),
    username: Type.String(),
    avatarUrl: Nullable(Type.String()),
    friends: Type.Array(Type.String()),
    createdAt: Type.Integer({ description: 'Epoch ms' }),
    updatedAt: Type.Integer({ description: 'Epoch ms' }),
  },
  { $id: 'Profile' },
);
export type Profile = Static<typeof ProfileShape>;
