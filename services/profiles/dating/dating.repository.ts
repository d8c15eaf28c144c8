import { type Collection, type Db, type Filter, type FindCursor, ObjectId, type WithId } from 'mongodb';
import { isDuplicateKey } from '#shared/mongo-faults.ts';
import { touched, usernameKey } from '#services/profiles/profile.document.ts';
import { pointOf } from '#services/profiles/dating/area.ts';
import type { Position } from '#services/profiles/dating/fields/place.ts';
import { EARTH_RADIUS_KM } from '#services/profiles/dating/match/distance.ts';
import {
  type DatingDocument,
  readDating,
  SHOWN_FIELDS,
  STORED_FIELDS,
  writeDating,
} from '#services/profiles/dating/stored.ts';

type Profile = WithId<DatingDocument>;

/** Of the driver's server; distances go into it in metres of its own Earth. */
const SERVER_EARTH_RADIUS_M = 6_378_100;

/** Old documents a round trip. */
const CHUNK = 500;

/** Characters of an avatar's address. A data URL of up to 1 MiB stays in the database: a list is of 2,000 people. */
const MAX_AVATAR = 2_048;

/** All that lists read of a document. */
const LISTED = {
  ...Object.fromEntries(SHOWN_FIELDS.map((name) => [name, 1 as const])),
  avatarUrl: {
    $cond: [
      { $eq: [{ $type: '$avatarUrl' }, 'string'] },
      { $cond: [{ $lte: [{ $strLenBytes: '$avatarUrl' }, MAX_AVATAR] }, '$avatarUrl', null] },
      null,
    ],
  },
};

const VISIBLE = { hasDatingProfile: true } as const;
const NEWEST_FIRST = { datingProfileCreatedAt: -1, _id: -1 } as const;

const UNSET = Object.fromEntries(STORED_FIELDS.map((name) => [name, '' as const]));

/** The queries of `profiles` that concern dating. Throws the driver's errors. */
export class DatingRepository {
  readonly #profiles: Collection<DatingDocument>;

  constructor(db: Db) {
    this.#profiles = db.collection('profiles');
  }

  /** Creates what is missing; safe to run at every start of every process. */
  async ensureIndexes(): Promise<void> {
    await this.#profiles.createIndexes([
      { key: { datingPoint: '2dsphere' }, partialFilterExpression: VISIBLE },
      { key: { hasDatingPoint: 1, ...NEWEST_FIRST }, partialFilterExpression: VISIBLE },
    ]);
    await this.#placeOldOnes();
  }

  /** Gives profiles of the older service the point by which others find them. */
  async #placeOldOnes(): Promise<void> {
    for (;;) {
      const old = await this.#profiles
        .find({ ...VISIBLE, hasDatingPoint: { $exists: false } }, { projection: { location: 1 }, limit: CHUNK })
        .toArray();
      if (old.length === 0) return;
      const updates = old.map((document) => {
        const { datingPoint, hasDatingPoint } = writeDating(readDating(document), String(document._id));
        const filter = { _id: document._id, hasDatingPoint: { $exists: false } };
        return { updateOne: { filter, update: { $set: { datingPoint, hasDatingPoint } } } };
      });
      await this.#profiles.bulkWrite(updates, { ordered: false });
    }
  }

  /** Visible profiles from a point outwards, up to `maxKm` kilometres. */
  nearest(from: Position, maxKm: number | undefined, limit: number): FindCursor<Profile> {
    const $maxDistance = maxKm === undefined ? undefined : (maxKm / EARTH_RADIUS_KM) * SERVER_EARTH_RADIUS_M;
    const $nearSphere = { $geometry: pointOf(from), ...($maxDistance !== undefined && { $maxDistance }) };
    return this.#list({ datingPoint: { $nearSphere } }, limit);
  }

  /** Visible profiles without a known place, the newest first. */
  nowhere(limit: number): FindCursor<Profile> {
    return this.#list({ hasDatingPoint: false }, limit).sort(NEWEST_FIRST);
  }

  /** Visible profiles, the newest first. */
  newest(limit: number): FindCursor<Profile> {
    return this.#list({ hasDatingPoint: { $in: [true, false] } }, limit).sort(NEWEST_FIRST);
  }

  #list(filter: Filter<DatingDocument>, limit: number): FindCursor<Profile> {
    return this.#profiles.find({ ...VISIBLE, ...filter }, { projection: LISTED, limit, batchSize: 500 });
  }

  /** Whose name it is, in any case; also who had it before another one. */
  async find(username: string): Promise<Profile | null> {
    const key = usernameKey(username);
    return (await this.#profiles.findOne({ usernameLower: key })) ?? this.#profiles.findOne({ names: key });
  }

  /** In no order. */
  findAll(userIds: readonly string[], usernames: readonly string[]): Promise<Profile[]> {
    const keys = usernames.map(usernameKey);
    const either = [
      ...(userIds.length > 0 ? [{ userId: { $in: userIds } }] : []),
      ...(keys.length > 0 ? [{ usernameLower: { $in: keys } }] : []),
    ];
    return either.length === 0
      ? Promise.resolve([])
      : this.#profiles.find({ $or: either }, { projection: LISTED }).toArray();
  }

  /** Stores a new person; null when the name was taken in the meantime. */
  async insert(profile: Profile): Promise<Profile | null> {
    try {
      await this.#profiles.insertOne(profile);
      return profile;
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  /** Changes a profile as it was read; null when it is another one by now. */
  replaceFields(
    read: Pick<Profile, '_id' | 'rev'>,
    fields: { set: Record<string, unknown>; unset: readonly string[] },
    now: number,
  ): Promise<Profile | null> {
    // Without a rev, as in older documents: null finds what has none.
    const unread = { _id: read._id, rev: (read.rev ?? null) as number };
    const $unset = Object.fromEntries(fields.unset.map((name) => [name, '' as const]));
    return this.#profiles.findOneAndUpdate(
      unread,
      { $set: fields.set, $unset, ...touched(now) },
      { returnDocument: 'after' },
    );
  }

  /** Takes a dating profile off, and leaves the account. */
  async clear(_id: ObjectId, now: number): Promise<void> {
    await this.#profiles.updateOne({ _id }, { $set: { hasDatingProfile: false }, $unset: UNSET, ...touched(now) });
  }
}
