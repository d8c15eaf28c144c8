import type { Contract } from '#shared/contract.ts';
import { LIMITS } from '#shared/limits.ts';
import { Text, Type } from '#shared/schema.ts';

export const gatewayContract = {
  purge: {
    params: Type.Object({
      prefix: Text(2 * LIMITS.id, {
        description: 'What the names of the answers begin with: `messages:latest:ROOM:`, `dm:latest:`, …; not blank',
      }),
    }),
    result: Type.Object({
      removedLocal: Type.Integer({ description: 'Kept answers that this gateway forgot' }),
      broadcast: Type.Boolean({ description: 'The other gateways are told to do the same' }),
    }),
  },
} satisfies Contract;
