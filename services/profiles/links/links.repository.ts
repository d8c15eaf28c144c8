import type { Collection, Db, ObjectId } from 'mongodb';
import { upserting } from '#shared/upserting.ts';

/** `_id`: the key, so that there is one a key; older documents have an ObjectId. */
interface Keyed {
  _id: string | ObjectId;
  /** A userId; in older documents a name, too. */
  key: string;
}

interface BioDocument extends Keyed {
  bio?: unknown;
}

interface LinksDocument extends Keyed {
  links?: unknown;
}

/** Every query of `bios` and `socialLinks`. Throws the driver's errors. */
export class LinksRepository {
  readonly #bios: Collection<BioDocument>;
  readonly #links: Collection<LinksDocument>;

  constructor(db: Db) {
    this.#bios = db.collection('bios');
    this.#links = db.collection('socialLinks');
  }

  /** Creates what is missing; safe to run at every start of every process. Not unique: older databases may have two. */
  async ensureIndexes(): Promise<void> {
    await Promise.all([
      this.#bios.createIndexes([{ key: { key: 1 } }]),
      this.#links.createIndexes([{ key: { key: 1 } }]),
    ]);
  }

  /** As stored; null when there is none. */
  async bio(key: string): Promise<unknown> {
    return (await this.#bios.findOne({ key }))?.bio ?? null;
  }

  async putBio(key: string, bio: string): Promise<void> {
    await upserting(() =>
      this.#bios.updateOne({ key }, { $set: { bio }, $setOnInsert: { _id: key } }, { upsert: true }),
    );
  }

  /** Those of the first of these keys that has some; null when none has. */
  async links(keys: readonly string[]): Promise<unknown[] | null> {
    const found = await this.#links.find({ key: { $in: [...keys] } }, { limit: 10 }).toArray();
    for (const key of keys) {
      const links = found.find((one) => one.key === key)?.links;
      if (Array.isArray(links)) return links;
    }
    return null;
  }

  async putLinks(key: string, links: unknown[]): Promise<void> {
    await upserting(() =>
      this.#links.updateOne({ key }, { $set: { links }, $setOnInsert: { _id: key } }, { upsert: true }),
    );
  }
}
