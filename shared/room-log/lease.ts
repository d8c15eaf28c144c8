import type { Collection } from 'mongodb';
import { MongoServerError } from 'mongodb';
import type { MetaDocument } from '#shared/room-log/collections.ts';
import { DUPLICATE_KEY } from '#shared/room-log/outcome.ts';

/**
 * Takes or keeps the lease `name` for `holder` for `ms`, by the database's clock. True when it is held. Two holders at
 * once (after a stop of the world) must do no harm: a lease saves work, it does not protect anything.
 */
export async function holdLease(
  meta: Collection<MetaDocument>,
  name: string,
  holder: string,
  ms: number,
): Promise<boolean> {
  const free = { $or: [{ $eq: ['$holder', holder] }, { $lt: ['$until', '$$NOW'] }] };
  try {
    const { matchedCount, upsertedCount } = await meta.updateOne(
      { _id: `lease:${name}`, $expr: free },
      [{ $set: { holder, until: { $add: ['$$NOW', ms] } } }],
      { upsert: true },
    );
    return matchedCount + upsertedCount > 0;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}

/** Gives the lease up, so that another process need not wait for its end. */
export async function releaseLease(meta: Collection<MetaDocument>, name: string, holder: string): Promise<void> {
  await meta.deleteOne({ _id: `lease:${name}`, holder });
}
