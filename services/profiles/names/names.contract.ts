import type { Contract } from '#shared/contract.ts';
import { LIMITS } from '#shared/limits.ts';
import { Text, Type } from '#shared/schema.ts';

export const namesContract = {
  /** Internal: the keys of all names that a user has or had; none for an unknown user. */
  names: { params: Type.Object({ userId: Text(LIMITS.id, { minLength: 1 }) }), result: Type.Array(Type.String()) },
} satisfies Contract;
