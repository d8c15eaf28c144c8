import { type Collection, MongoServerSelectionError } from 'mongodb';
import { isUnavailable } from '#shared/mongo-faults.ts';
import type { Head } from '#shared/room-log/types.ts';

/** Heads that one query asks for at most. */
export const HEADS_AT_ONCE = 1_000;

/** Whoever found no server, or no free connection, has waited for one already. */
const hasWaited = (error: unknown): boolean =>
  error instanceof MongoServerSelectionError || (error instanceof Error && error.name === 'MongoWaitQueueTimeoutError');

/**
 * The heads of these rooms, of those that have one; in any order. Every read of a room begins with this query, so it
 * goes as a bare command, without the driver's cursor, and names a single room by its very id (`npm run bench:steps`).
 * The driver makes a cursor's query once more after a lost connection or primary, but not a command: so this does.
 */
export async function readHeads(heads: Collection<Head>, rooms: readonly string[]): Promise<Head[]> {
  const filter = { _id: rooms.length === 1 ? rooms[0]! : { $in: [...rooms] } };
  const find = () =>
    heads.db.command({ find: heads.collectionName, filter, batchSize: HEADS_AT_ONCE, singleBatch: true });
  const reply = await find().catch((error: unknown) => {
    if (!isUnavailable(error) || hasWaited(error)) throw error;
    return find();
  });
  return (reply as { cursor: { firstBatch: Head[] } }).cursor.firstBatch;
}
