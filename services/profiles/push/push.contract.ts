import type { Contract } from '#shared/contract.ts';
import { LIMITS } from '#shared/limits.ts';
import { Maybe, Nullable, Text, Type } from '#shared/schema.ts';

/** Characters of an endpoint; those of browsers have some 200. */
const ENDPOINT = 1_000;

const Endpoint = Text(ENDPOINT, { minLength: 1, description: 'https address of a push service' });
const Keys = Type.Object({
  p256dh: Maybe(Text(LIMITS.id, { description: 'base64url' })),
  auth: Maybe(Text(LIMITS.id, { description: 'base64url' })),
});
/** Internal: the userId of the user whose token the request has. */
const By = Type.Optional(Text(LIMITS.id));
const Done = Type.Object({ ok: Type.Boolean() });

export const pushContract = {
  pushKey: {
    params: Type.Object({}),
    result: Type.Object({ key: Nullable(Type.String({ description: 'VAPID public key, base64url' })) }),
  },
  subscribe: { params: Type.Object({ endpoint: Endpoint, keys: Keys, by: By }), result: Done },
  unsubscribe: { params: Type.Object({ endpoint: Endpoint, keys: Maybe(Keys), by: By }), result: Done },
  pushTest: {
    params: Type.Object({
      title: Maybe(Text(LIMITS.id)),
      body: Maybe(Text(1_000)),
      url: Maybe(Text(1_000, { description: 'Where a click leads' })),
      userId: Maybe(Text(LIMITS.id, { description: 'Whose devices; absent: those that belong to nobody' })),
    }),
    result: Type.Object({ sent: Type.Integer(), failed: Type.Integer() }),
  },
} satisfies Contract;
