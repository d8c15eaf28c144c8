import type { Collection, Db } from 'mongodb';
import { upserting } from '#shared/upserting.ts';

/** Tries within one window, of one address or to one name. */
interface AttemptsDocument {
  _id: string;
  count: number;
  /** When nobody asks for it any more. */
  expireAt: Date;
}

/** Every query of `sign_in_attempts`. Throws the driver's errors. */
export class AttemptsRepository {
  readonly #attempts: Collection<AttemptsDocument>;

  constructor(db: Db) {
    // A count that a failover loses lets somebody try once more; waiting for the disk would cost every log-in.
    this.#attempts = db.collection('sign_in_attempts', { writeConcern: { w: 1 } });
  }

  /** Creates what is missing; safe to run at every start of every process. */
  async ensureIndexes(): Promise<void> {
    await this.#attempts.createIndexes([{ key: { expireAt: 1 }, expireAfterSeconds: 0 }]);
  }

  /** Counts one more; answers how many there are now. */
  async count(_id: string, expireAt: Date): Promise<number> {
    const counted = await upserting(() =>
      this.#attempts.findOneAndUpdate(
        { _id },
        { $inc: { count: 1 }, $setOnInsert: { expireAt } },
        { upsert: true, returnDocument: 'after' },
      ),
    );
    if (!counted) throw new Error('an upsert answered no count');
    return counted.count;
  }
}
