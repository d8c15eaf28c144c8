import type { Db } from 'mongodb';

/** A stored file's name begins with it. */
const HASH = /[0-9a-f]{64}/g;

/** Tells of marks, not of files. */
const OTHERS = new Set(['media_stores']);

/**
 * Calls `found` with every hash that a document of the database names, in any collection and any field: a file that is
 * in use somewhere nobody thought of is not removed. The documents are looked through as bytes, 1,000 at a time.
 */
export async function eachNamedHash(db: Db, found: (hash: string) => void): Promise<void> {
  const collections = await db.listCollections({ type: 'collection' }, { nameOnly: true }).toArray();
  for (const { name } of collections) {
    if (name.startsWith('system.') || OTHERS.has(name)) continue;
    const documents = db.collection(name).find({}, { raw: true, batchSize: 1_000, readConcern: 'majority' });
    for await (const document of documents) {
      const bytes = document as unknown as Buffer;
      for (const [hash] of bytes.toString('latin1').matchAll(HASH)) found(hash);
    }
  }
}
