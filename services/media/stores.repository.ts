import type { Collection, Db } from 'mongodb';

interface StoreDocument {
  /** The mark of a folder of uploads. */
  _id: string;
  /** The process that told of it last. */
  node: string;
  at: Date;
}

/** A folder that nobody has told of for so long is gone, in s. */
const FORGET_S = 7 * 24 * 3_600;

/** Which folders the media services of this database keep uploads in: there should be one. */
export class StoresRepository {
  readonly #stores: Collection<StoreDocument>;

  constructor(db: Db) {
    this.#stores = db.collection<StoreDocument>('media_stores');
  }

  async ensureIndexes(): Promise<void> {
    await this.#stores.createIndex({ at: 1 }, { expireAfterSeconds: FORGET_S });
  }

  /** Tells of a folder that is in use, and answers the others that were, newest first, 10 at most. */
  async tell(mark: string, node: string): Promise<StoreDocument[]> {
    const at = new Date();
    await this.#stores.updateOne({ _id: mark }, { $set: { node, at } }, { upsert: true });
    const since = new Date(at.getTime() - FORGET_S * 1_000);
    const others = this.#stores.find({ at: { $gt: since }, _id: { $ne: mark } });
    return others.sort({ at: -1 }).limit(10).toArray();
  }
}
