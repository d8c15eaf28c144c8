import type { Collection, Db } from 'mongodb';
import { type ProfileDocument, usernameKey } from '#services/profiles/profile.document.ts';

/** The queries of `profiles` that concern accounts. Throws the driver's errors. */
export class ProfilesRepository {
  readonly #profiles: Collection<ProfileDocument>;

  constructor(db: Db) {
    this.#profiles = db.collection('profiles');
  }

  /** Creates what is missing; safe to run at every start of every process. */
  async ensureIndexes(): Promise<void> {
    await this.#profiles.createIndexes([
      { key: { usernameLower: 1 }, unique: true },
      // Older documents have no names: not all of them may stand under the same null.
      { key: { names: 1 }, unique: true, sparse: true },
      { key: { userId: 1 } },
    ]);
  }

  findByUserId(userId: string): Promise<ProfileDocument | null> {
    return this.#profiles.findOne({ userId });
  }

  findByUsername(username: string): Promise<ProfileDocument | null> {
    return this.#profiles.findOne({ usernameLower: usernameKey(username) });
  }
}
