import type { Collection, Db } from 'mongodb';
import { upserting } from '#shared/upserting.ts';

/** What is left of a deleted group. Stays when a group of that id is made again. */
export interface TombstoneDocument {
  /** The group's slug. */
  _id: string;
  databaseId: string;
  /** The rev of the deletion; a group made again goes on from it. */
  rev: number;
  /** Epoch ms of the deletion. */
  updatedAt: number;
}

/** Every query of `group_tombstones`; nothing else touches it. Throws the driver's errors. */
export class TombstonesRepository {
  readonly #tombstones: Collection<TombstoneDocument>;

  constructor(db: Db) {
    this.#tombstones = db.collection('group_tombstones');
  }

  /** The rev of the last deletion of a group with this slug; 0 when there was none. */
  async revOf(slug: string): Promise<number> {
    return (await this.#tombstones.findOne({ _id: slug }, { projection: { rev: 1 } }))?.rev ?? 0;
  }

  /** Says that the group goes, or will have gone, at this rev. */
  async keep({ _id, databaseId, rev, updatedAt }: TombstoneDocument): Promise<void> {
    const update = { $set: { databaseId, updatedAt }, $max: { rev } };
    await upserting(() => this.#tombstones.updateOne({ _id }, update, { upsert: true }));
  }
}
