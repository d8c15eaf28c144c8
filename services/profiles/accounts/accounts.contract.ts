import type { Contract } from '#shared/contract.ts';
import { LIMITS } from '#shared/limits.ts';
import { Text, Type } from '#shared/schema.ts';
import { ProfileShape } from '#services/profiles/accounts/profile.shape.ts';

export const accountsContract = {
  /** Internal: what the gateway verifies tokens with where JWT_SECRET is not set. */
  tokenSecrets: { params: Type.Object({}), result: Type.Array(Type.String()) },
  byUserId: { params: Type.Object({ userId: Text(LIMITS.id, { minLength: 1 }) }), result: ProfileShape },
  byUsername: {
    params: Type.Object({ username: Text(LIMITS.id, { minLength: 1, description: 'In any case' }) }),
    result: ProfileShape,
  },
} satisfies Contract;
