import type { Collection, Db } from 'mongodb';
import { Coalescer } from '#shared/coalesce.ts';
import { upserting } from '#shared/upserting.ts';

/** Who likes whom. Names by their keys; `at`: epoch ms. */
export interface LikeDocument {
  fromLc: string;
  toLc: string;
  at: number;
}

type Side = 'fromLc' | 'toLc';

/** Newest likes that are answered. */
const MAX_LIKES = 5_000;

/** Likes that are stored in one go, one go after the other: many at once for one pair would only be in each other's way. */
const GO = { batch: 500, underWay: 1 };

/** Every query of `likes`; nothing else touches it. Throws the driver's errors. */
export class LikesRepository {
  readonly #likes: Collection<LikeDocument>;
  readonly #putting: Coalescer<true>;

  constructor(db: Db) {
    this.#likes = db.collection('likes');
    this.#putting = new Coalescer((likes) => this.#putAll(likes), GO);
  }

  /** Creates what is missing; safe to run at every start of every process. The lists are answered from indexes alone. */
  async ensureIndexes(): Promise<void> {
    await this.#likes.createIndexes([
      { key: { fromLc: 1, toLc: 1 }, unique: true },
      { key: { toLc: 1, at: -1, fromLc: 1 } },
      { key: { fromLc: 1, at: -1, toLc: 1 } },
    ]);
  }

  /** Makes the like of a pair, or moves it to this time; of several waiting for one pair the last counts. */
  async put({ fromLc, toLc, at }: LikeDocument): Promise<void> {
    await this.#putting.get(JSON.stringify([fromLc, toLc, at]));
  }

  async #putAll(likes: readonly string[]): Promise<Map<string, true>> {
    const pairs = new Map<string, LikeDocument>();
    for (const like of likes) {
      const [fromLc, toLc, at] = JSON.parse(like) as [string, string, number];
      pairs.set(JSON.stringify([fromLc, toLc]), { fromLc, toLc, at });
    }
    const upserts = [...pairs.values()].map(({ fromLc, toLc, at }) => ({
      updateOne: { filter: { fromLc, toLc }, update: { $set: { at } }, upsert: true },
    }));
    await upserting(() => this.#likes.bulkWrite(upserts, { ordered: false }));
    return new Map(likes.map((like) => [like, true]));
  }

  /** False when there was none. */
  async delete(fromLc: string, toLc: string): Promise<boolean> {
    return (await this.#likes.deleteOne({ fromLc, toLc })).deletedCount > 0;
  }

  /** Takes away all likes from and to these names. */
  async deleteAllOf(names: readonly string[]): Promise<void> {
    const oneOf = { $in: names };
    await Promise.all([this.#likes.deleteMany({ fromLc: oneOf }), this.#likes.deleteMany({ toLc: oneOf })]);
  }

  /** The newest likes to a name. */
  incoming = (name: string): Promise<Pick<LikeDocument, 'fromLc' | 'at'>[]> => this.#newest('toLc', name, 'fromLc');

  /** The newest likes from a name. */
  outgoing = (name: string): Promise<Pick<LikeDocument, 'toLc' | 'at'>[]> => this.#newest('fromLc', name, 'toLc');

  #newest<O extends Side>(side: Side, name: string, other: O): Promise<Pick<LikeDocument, O | 'at'>[]> {
    return this.#likes
      .find(
        { [side]: name },
        { projection: { _id: 0, [other]: 1, at: 1 }, sort: { at: -1, [other]: 1 }, limit: MAX_LIKES },
      )
      .toArray();
  }
}
