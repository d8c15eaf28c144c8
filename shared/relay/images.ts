import type { Db } from 'mongodb';

/**
 * Has the database keep what documents were before and after each change, for as long as its oplog reaches, so that a
 * stream brings every state and what was deleted. Changes nothing where it does so already. Throws the driver's errors:
 * not every user may do it (dbAdmin can).
 */
export async function keepImages(db: Db, collections: readonly string[]): Promise<void> {
  for (const name of collections) {
    const [known] = await db.listCollections({ name }).toArray();
    const options = known && 'options' in known ? known.options : undefined;
    if (options?.changeStreamPreAndPostImages?.enabled) continue;
    const changeStreamPreAndPostImages = { enabled: true };
    await (known
      ? db.command({ collMod: name, changeStreamPreAndPostImages })
      : db.createCollection(name, { changeStreamPreAndPostImages }));
  }
}
