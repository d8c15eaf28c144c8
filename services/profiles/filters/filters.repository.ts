import type { Collection, Db, Document, ObjectId } from 'mongodb';
import { upserting } from '#shared/upserting.ts';
import { MAX_FILTERS } from '#services/profiles/filters/filters.contract.ts';

/** What a filter hides, and from whom. */
export interface FilterKey {
  userId: string;
  /** As the client knows the room. */
  groupId: string;
  usernameLower: string;
}

export interface FilterDocument extends FilterKey {
  _id: ObjectId;
  username: string;
  /** Epoch ms. */
  createdAt: number;
  updatedAt: number;
}

/** A filter that was taken off. `_id`: the filter's own, so that a removal that is repeated stands here once. */
export interface RemovalDocument extends FilterKey {
  _id: ObjectId;
  username: string;
  filteredAt: number;
  removedAt: number;
  /** When nobody is told of it any more; missing in older documents. */
  expireAt?: Date;
}

export const REMOVALS = { count: 200, ms: 45 * 24 * 3_600_000 } as const;

const NOW = { $toLong: '$$NOW' };

/** By the database's clock, like the messages that a filter hides from its time on. */
const added = (username: string): Document[] => [
  // $literal: a name may begin with $.
  { $set: { username: { $literal: username }, updatedAt: NOW, createdAt: { $ifNull: ['$createdAt', NOW] } } },
];

/** Every query of `message_filters` and `message_filter_removals`. Throws the driver's errors. */
export class FiltersRepository {
  readonly #filters: Collection<FilterDocument>;
  readonly #removals: Collection<RemovalDocument>;

  constructor(db: Db) {
    this.#filters = db.collection('message_filters');
    this.#removals = db.collection('message_filter_removals');
  }

  /** Creates what is missing; safe to run at every start of every process. */
  async ensureIndexes(): Promise<void> {
    await Promise.all([
      this.#filters.createIndexes([{ key: { userId: 1, groupId: 1, usernameLower: 1 }, unique: true }]),
      this.#removals.createIndexes([
        { key: { userId: 1, removedAt: -1 } },
        { key: { expireAt: 1 }, expireAfterSeconds: 0 },
      ]),
    ]);
  }

  /** A user's filters, oldest first. */
  of(userId: string): Promise<FilterDocument[]> {
    return this.#filters.find({ userId }, { sort: { createdAt: 1, _id: 1 }, limit: MAX_FILTERS }).toArray();
  }

  /** What a user took off lately, newest first. */
  removalsOf(userId: string, now: number): Promise<RemovalDocument[]> {
    return this.#removals
      .find(
        { userId, removedAt: { $gt: now - REMOVALS.ms } },
        { sort: { removedAt: -1, _id: -1 }, limit: REMOVALS.count },
      )
      .toArray();
  }

  /** Adds a filter; one that is there keeps the time of its making. False when the user has as many as he may. */
  async put(key: FilterKey, username: string): Promise<boolean> {
    if ((await this.#filters.updateOne(key, added(username))).matchedCount > 0) return true;
    const count = await this.#filters.countDocuments({ userId: key.userId }, { limit: MAX_FILTERS });
    if (count >= MAX_FILTERS) return false;
    await upserting(() => this.#filters.updateOne(key, added(username), { upsert: true }));
    return true;
  }

  /** Takes a filter off, if it is there, and remembers it. */
  async remove(key: FilterKey, now: number): Promise<void> {
    const filter = await this.#filters.findOne(key);
    if (!filter) return;
    const { _id, username, createdAt } = filter;
    const removal = { ...key, username, filteredAt: createdAt, removedAt: now, expireAt: new Date(now + REMOVALS.ms) };
    // In this order: who dies in between leaves a filter that can be taken off again.
    await upserting(() => this.#removals.updateOne({ _id }, { $setOnInsert: removal }, { upsert: true }));
    await this.#filters.deleteOne({ _id });
  }
}
