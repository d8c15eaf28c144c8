import type { Collection, Db, ObjectId } from 'mongodb';
import { Fault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { isDuplicateKey } from '#shared/mongo-faults.ts';
import { NAMES } from '#services/profiles/accounts/account-rules.ts';
import { type ProfileDocument, touched, usernameKey } from '#services/profiles/profile.document.ts';

/** What a sign-up stores. */
export type NewAccount = Required<
  Pick<ProfileDocument, 'userId' | 'username' | 'usernameLower' | 'passwordHash' | 'avatarUrl' | 'friends'>
>;
type OwnFields = Partial<Pick<ProfileDocument, 'avatarUrl' | 'friends'>>;

export interface Card {
  usernameLower: string;
  userId: string;
  avatarUrl: string | null;
}

/** An avatar over 64 KiB, a data URL, is left out: lists show up to 2,000 people. */
const CARD = {
  _id: 0,
  usernameLower: 1,
  userId: 1,
  avatarUrl: {
    $cond: [
      { $eq: [{ $type: '$avatarUrl' }, 'string'] },
      { $cond: [{ $lte: [{ $strLenBytes: '$avatarUrl' }, LIMITS.messageAvatar] }, '$avatarUrl', null] },
      null,
    ],
  },
} as const;

/** Tries of a change that others make at the same time; only another one of the same kind takes one away. */
const TRIES = 10;

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

  /** The user who has this name, or had it; null when nobody did. */
  async userIdOfName(username: string): Promise<string | null> {
    const key = usernameKey(username);
    const by = { projection: { userId: 1 } };
    const found =
      (await this.#profiles.findOne({ usernameLower: key }, by)) ?? (await this.#profiles.findOne({ names: key }, by));
    return found?.userId ?? null;
  }

  /** What lists show of the users with these names, at most as many. */
  cards(usernamesLower: string[]): Promise<Card[]> {
    return this.#profiles
      .find({ usernameLower: { $in: usernamesLower }, userId: { $exists: true } }, { projection: CARD })
      .toArray() as Promise<Card[]>;
  }

  /** Whether an account has the name or had it. The indexes decide when one is made; this saves the way there. */
  async isTaken(usernameLower: string): Promise<boolean> {
    const named = { $or: [{ usernameLower }, { names: usernameLower }], userId: { $exists: true } };
    return (await this.#profiles.findOne(named, { projection: { _id: 1 } })) !== null;
  }

  /** The new account, as the account of the dating profile of this name where there is one; null when the name is taken. */
  async createAccount({ usernameLower, ...account }: NewAccount, now: number): Promise<ProfileDocument | null> {
    // A dating profile may come in between; it is found at the second try.
    for (let attempt = 1; attempt <= 2; attempt += 1)
      try {
        return await this.#profiles.findOneAndUpdate(
          { usernameLower, userId: { $exists: false } },
          {
            $set: account,
            $addToSet: { names: usernameLower },
            $inc: { rev: 1 },
            $min: { createdAt: now },
            $max: { updatedAt: now },
          },
          { upsert: true, returnDocument: 'after' },
        );
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    return null;
  }

  /** Puts one hash of the same password in the place of another, unless the password was changed. */
  async replacePasswordHash(_id: ObjectId, from: string, to: string): Promise<void> {
    await this.#profiles.updateOne({ _id, passwordHash: from }, { $set: { passwordHash: to } });
  }

  /** Sets the given fields; null when there is no such user. */
  update(userId: string, fields: OwnFields, now: number): Promise<ProfileDocument | null> {
    if (Object.keys(fields).length === 0) return this.findByUserId(userId);
    return this.#profiles.findOneAndUpdate({ userId }, { $set: fields, ...touched(now) }, { returnDocument: 'after' });
  }

  /**
   * As `update`, with another name; the old one stays the user's for good. Throws `username_taken`, and `names_full`
   * for one name more than a person may have had.
   */
  async rename(userId: string, username: string, fields: OwnFields, now: number): Promise<ProfileDocument | null> {
    const usernameLower = usernameKey(username);
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const user = await this.findByUserId(userId);
      if (!user) return null;
      const names = new Set([...(user.names ?? []), user.usernameLower, usernameLower]);
      if (names.size > NAMES) throw new Fault('names_full');
      const renamed = await this.#renameFrom(user, { ...fields, username, usernameLower, names: [...names] }, now);
      if (renamed) return renamed;
    }
    throw new Fault('not_stored');
  }

  /** Null when the user got another name meanwhile. */
  async #renameFrom(
    { _id, usernameLower, names }: ProfileDocument,
    fields: OwnFields & Pick<ProfileDocument, 'username' | 'usernameLower' | 'names'>,
    now: number,
  ): Promise<ProfileDocument | null> {
    try {
      return await this.#profiles.findOneAndUpdate(
        { _id, usernameLower, names: names ?? { $exists: false } },
        { $set: fields, ...touched(now) },
        { returnDocument: 'after' },
      );
    } catch (error) {
      throw isDuplicateKey(error) ? new Fault('username_taken', undefined, { cause: error }) : error;
    }
  }
}
