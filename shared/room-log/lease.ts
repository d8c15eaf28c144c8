import type { Collection } from 'mongodb';
import { MongoServerError } from 'mongodb';
import type { MetaDocument } from '#shared/room-log/collections.ts';
import { DUPLICATE_KEY } from '#shared/room-log/outcome.ts';
import type { Millis } from '#shared/room-log/types.ts';

/**
 * Takes or keeps the lease `name` for `holder` until `now + ms` (epoch ms of the database's clock). True when it is held.
 * Two holders at once (after a stop of the world) must do no harm: a lease saves work, it does not protect anything.
 */
export async function holdLease(
  meta: Collection<MetaDocument>,
  name: string,
  holder: string,
  now: Millis,
  ms: number,
): Promise<boolean> {
  const free = { _id: `lease:${name}`, $or: [{ holder }, { until: { $lt: now } }] };
  try {
    await meta.updateOne(free, { $set: { holder, until: now + ms } }, { upsert: true });
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}

/** Gives the lease up, so that another process need not wait for its end. */
export async function releaseLease(meta: Collection<MetaDocument>, name: string, holder: string): Promise<void> {
  await meta.deleteOne({ _id: `lease:${name}`, holder });
}
