import type { Db, MongoClient, Timestamp } from 'mongodb';

/** What documents take in memory, on the disk and in the oplog. */

export interface Stored {
  collection: string;
  documents: number;
  /** All documents as BSON; on the disk they are compressed. */
  bytes: number;
  diskBytes: number;
  /** Disk bytes of each index by name. */
  indexes: Record<string, number>;
}

interface CollStats {
  count: number;
  size: number;
  storageSize: number;
  freeStorageSize?: number;
  indexSizes: Record<string, number>;
  indexDetails: Record<string, { 'block-manager': { 'file bytes available for reuse': number } }>;
}

/** Without the space in files that waits to be used again. A checkpoint first: until then files say little of what is in them. */
export async function storedIn(db: Db, collection: string): Promise<Stored> {
  await db.admin().command({ fsync: 1 });
  const stats = (await db.command({ collStats: collection })) as CollStats;
  const { count, size, storageSize, freeStorageSize = 0, indexSizes, indexDetails } = stats;
  const indexes = Object.entries(indexSizes).map(([name, bytes]) => [
    name,
    bytes - indexDetails[name]!['block-manager']['file bytes available for reuse'],
  ]);
  const diskBytes = storageSize - freeStorageSize;
  return {
    collection,
    documents: count,
    bytes: size,
    diskBytes,
    indexes: Object.fromEntries(indexes) as Record<string, number>,
  };
}

export const indexBytes = ({ indexes }: Stored): number =>
  Object.values(indexes).reduce((sum, bytes) => sum + bytes, 0);

/** Bytes in the oplog by collection, those of groups and of DMs under `messages`; heartbeats are left out. */
export type Oplog = Map<string, number>;

/** What `run` leaves in the oplog. Counts every writer of the server, so it must be the only one. */
export async function oplogOf(client: MongoClient, run: () => Promise<unknown>): Promise<Oplog> {
  const oplog = client.db('local').collection<{ ts: Timestamp; op: string; ns: string }>('oplog.rs');
  const [last] = await oplog.find().sort({ $natural: -1 }).limit(1).toArray();
  await run();
  const rows = await oplog
    .aggregate<{ _id: string; bytes: number }>([
      { $match: { ts: { $gt: last!.ts }, op: { $in: ['i', 'u', 'd'] } } },
      { $group: { _id: '$ns', bytes: { $sum: { $bsonSize: '$$ROOT' } } } },
    ])
    .toArray();
  const byCollection: Oplog = new Map();
  for (const { _id, bytes } of rows) {
    const name = _id.slice(_id.indexOf('.') + 1).replace(/^(group|dm)_messages$/, 'messages');
    byCollection.set(name, (byCollection.get(name) ?? 0) + bytes);
  }
  return byCollection;
}
