import { createHash } from 'node:crypto';
import type { Collection, Db, ObjectId } from 'mongodb';
import { upserting } from '#shared/upserting.ts';

/** A device that takes notifications. Those of older databases have an ObjectId, belong to nobody and were never checked. */
export interface SubscriptionDocument {
  _id: string | ObjectId;
  endpoint: string;
  keys?: { p256dh?: string | null; auth?: string | null };
  /** Whose it is; missing where nobody told. */
  userId?: string;
  /** Epoch ms. */
  updatedAt?: number;
  /** Since the last one that went out; and until when, epoch ms, no other is tried. */
  failures?: number;
  notBefore?: number;
}

/** Devices of one user; with one more the oldest goes. */
const PER_USER = 20;

/** After so many failures in a row, over some three days, a device is given up. */
const GIVE_UP = 12;

/** The first pause after a failure, in ms, doubled with each up to the longest. */
const PAUSE_MS = { first: 30_000, longest: 12 * 3_600_000 };

/** Every query of `push_subscriptions`. Throws the driver's errors. */
export class SubscriptionsRepository {
  readonly #subscriptions: Collection<SubscriptionDocument>;

  constructor(db: Db) {
    this.#subscriptions = db.collection('push_subscriptions');
  }

  async ensureIndexes(): Promise<void> {
    await this.#subscriptions.createIndexes([{ key: { endpoint: 1 } }, { key: { userId: 1, updatedAt: -1 } }]);
  }

  /** Keeps one subscription for an endpoint: it belongs to who sent it last. */
  async keep(endpoint: string, keys: SubscriptionDocument['keys'], userId: string | undefined, now: number) {
    const _id = createHash('sha256').update(endpoint).digest('hex');
    const fields = { endpoint, keys, updatedAt: now, failures: 0, notBefore: 0 };
    const owner = userId === undefined ? { $unset: { userId: true as const } } : {};
    const set = { ...fields, ...(userId !== undefined && { userId }) };
    await upserting(() => this.#subscriptions.updateOne({ _id }, { $set: set, ...owner }, { upsert: true }));
    await this.#subscriptions.deleteMany({ endpoint, _id: { $ne: _id } });
    if (userId === undefined) return;
    const older = await this.#subscriptions
      .find({ userId }, { projection: { _id: 1 } })
      .sort({ updatedAt: -1 })
      .skip(PER_USER)
      .limit(PER_USER)
      .toArray();
    if (older.length > 0) await this.#subscriptions.deleteMany({ _id: { $in: older.map((one) => one._id) } });
  }

  /** Forgets an endpoint; with `userId` only when it is this user's or nobody's. */
  async remove(endpoint: string, userId?: string): Promise<void> {
    const whose = userId === undefined ? {} : { $or: [{ userId }, { userId: { $exists: false } }] };
    await this.#subscriptions.deleteMany({ endpoint, ...whose });
  }

  /** The newest devices of a user, or, for null, of nobody; those that are paused are left out. */
  async of(userId: string | null, now: number, limit = PER_USER): Promise<SubscriptionDocument[]> {
    const whose = userId === null ? { userId: { $exists: false } } : { userId };
    return this.#subscriptions
      .find({ ...whose, notBefore: { $not: { $gt: now } } })
      .sort({ updatedAt: -1 })
      .limit(limit)
      .toArray();
  }

  async succeeded({ _id, failures = 0 }: SubscriptionDocument): Promise<void> {
    if (failures > 0) await this.#subscriptions.updateOne({ _id }, { $set: { failures: 0, notBefore: 0 } });
  }

  /** Pauses a device that could not be reached, longer each time; forgets it in the end. */
  async failed({ _id, failures = 0 }: SubscriptionDocument, now: number): Promise<void> {
    if (failures + 1 >= GIVE_UP) {
      await this.#subscriptions.deleteOne({ _id });
      return;
    }
    const pause = Math.min(PAUSE_MS.first * 2 ** failures, PAUSE_MS.longest);
    await this.#subscriptions.updateOne({ _id }, { $inc: { failures: 1 }, $max: { notBefore: now + pause } });
  }
}
