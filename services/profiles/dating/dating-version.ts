import type { Collection, Db } from 'mongodb';
import { Coalescer } from '#shared/coalesce.ts';
import { upserting } from '#shared/upserting.ts';
import type { DatingDocument } from '#services/profiles/dating/stored.ts';
import type { ProfileDocument } from '#services/profiles/profile.document.ts';

interface VersionDocument {
  _id: 'dating';
  version: number;
}

const ID = 'dating';
const ALONE = { batch: 1, underWay: 1 };

/**
 * Counts the changes of all that dating lists show. Whoever changed a profile counts before he answers: a version read
 * after an acknowledged change is another one than before it, through any process.
 */
export class DatingVersion {
  readonly #versions: Collection<VersionDocument>;
  readonly #reading: Coalescer<number>;
  readonly #counting: Coalescer<number>;

  constructor(db: Db) {
    this.#versions = db.collection('versions');
    this.#reading = new Coalescer(async () => new Map([[ID, await this.#read()]]), ALONE);
    this.#counting = new Coalescer(async () => new Map([[ID, await this.#count()]]), ALONE);
  }

  /** The version as it is after this call; all who wait in this process share one query. */
  async now(): Promise<number> {
    return (await this.#reading.get(ID)) ?? 0;
  }

  /** Counts a change that was made before this call; all who wait in this process count once. */
  async changed(): Promise<void> {
    await this.#counting.get(ID);
  }

  /** As `changed`, for a document that was changed elsewhere, if lists show it: they have its name and avatar. */
  async changedIfShown(document: ProfileDocument | DatingDocument): Promise<void> {
    if ('hasDatingProfile' in document && document.hasDatingProfile === true) await this.changed();
  }

  async #read(): Promise<number> {
    return (await this.#versions.findOne({ _id: ID }))?.version ?? 0;
  }

  async #count(): Promise<number> {
    const counted = await upserting(() =>
      this.#versions.findOneAndUpdate({ _id: ID }, { $inc: { version: 1 } }, { upsert: true, returnDocument: 'after' }),
    );
    return counted?.version ?? 0;
  }
}
