import type { Contract } from '#shared/contract.ts';
import { LIMITS } from '#shared/limits.ts';
import { Nullable, QueryInteger, Text, Type } from '#shared/schema.ts';

/** What an admin may ask for in one call; `npm run rebuild` has no limit. */
const MOST_GROUPS = 1_000;

export const readmodelContract = {
  /** Internal: what the read model has of a room, and how far the instance that answers has got. */
  inspect: {
    params: Type.Object({ room: Text(LIMITS.id, { minLength: 1 }) }),
    result: Type.Object({
      node: Type.String(),
      /** False with KAFKA_ENABLED=false: then nobody reads it or keeps it up. */
      enabled: Type.Boolean(),
      stored: Nullable(
        Type.Object({
          epoch: Type.String(),
          rev: Type.Integer(),
          items: Type.Integer(),
          bytes: Type.Integer(),
          /** Epoch ms. */
          updatedAt: Type.Integer(),
        }),
      ),
      /** Events not in stored windows yet, by `topic/partition`, of those that this instance reads. */
      lag: Type.Unsafe<Record<string, number>>(Type.Object({}, { additionalProperties: true })),
      /** What keeps events from coming. */
      problem: Nullable(Type.String()),
    }),
  },
  backfill: {
    params: Type.Object({
      limit_groups: Type.Optional(
        QueryInteger({ minimum: 0, maximum: MOST_GROUPS, description: `0 to ${MOST_GROUPS}; default 50` }),
      ),
      window: Type.Optional(
        QueryInteger({ minimum: 0, description: 'Taken and ignored: a window always has the newest 500 messages' }),
      ),
    }),
    result: Type.Object({
      groupsProcessed: Type.Integer({ description: 'Fewer than asked for when there are no more, or time was up' }),
    }),
  },
  /** Internal: creates those of the room log's and the read model's indexes that are missing. */
  ensureIndexes: { params: Type.Object({}), result: Type.Object({ ok: Type.Boolean() }) },
} satisfies Contract;
