import { randomUUID } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import { Coalescer } from '#shared/coalesce.ts';
import { upserting } from '#shared/upserting.ts';
import type { DatingDocument } from '#services/profiles/dating/stored.ts';
import type { ProfileDocument } from '#services/profiles/profile.document.ts';

interface VersionDocument {
  _id: 'dating';
  /** Random, and no number: after a failover that lost a change the next one must not get its number. */
  version: string;
}

const ID = 'dating';
const ALONE = { batch: 1, underWay: 1 };

/**
 * The version of all that dating lists show. Whoever changed a profile makes a new one before he answers: a version read
 * after an acknowledged change is another one than before it, through any process.
 */
export class DatingVersion {
  readonly #versions: Collection<VersionDocument>;
  readonly #reading: Coalescer<string>;
  readonly #making: Coalescer<string>;

  constructor(db: Db) {
    this.#versions = db.collection('versions');
    this.#reading = new Coalescer(async () => new Map([[ID, await this.#read()]]), ALONE);
    this.#making = new Coalescer(async () => new Map([[ID, await this.#make()]]), ALONE);
  }

  /** The version as it is after this call; all who wait in this process share one query. */
  async now(): Promise<string> {
    return (await this.#reading.get(ID)) ?? '';
  }

  /** Makes another version, for a change that was made before this call; all who wait in this process make one. */
  async changed(): Promise<void> {
    await this.#making.get(ID);
  }

  /** As `changed`, for a document that was changed elsewhere, if lists show it: they have its name and avatar. */
  async changedIfShown(document: ProfileDocument | DatingDocument): Promise<void> {
    if ('hasDatingProfile' in document && document.hasDatingProfile === true) await this.changed();
  }

  async #read(): Promise<string> {
    return (await this.#versions.findOne({ _id: ID }))?.version ?? '';
  }

  async #make(): Promise<string> {
    const version = randomUUID();
    await upserting(() => this.#versions.updateOne({ _id: ID }, { $set: { version } }, { upsert: true }));
    return version;
  }
}
