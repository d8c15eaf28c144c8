import type { Handler } from '#services/api-gateway/handlers/handler.ts';
import { json } from '#services/api-gateway/reply.ts';
import { write } from '#services/api-gateway/upstream.ts';

/** Every service's indexes; each also sees to its own when it starts. */
export const ensureIndexes: Handler = async ({ caller, deadline, exchange }) => {
  exchange.writeLeft = true;
  await Promise.all(
    (['groups.ensureIndexes', 'profiles.ensureIndexes', 'readmodel.ensureIndexes'] as const).map((action) =>
      write(caller, action, {}, deadline),
    ),
  );
  return json({ ok: true });
};
