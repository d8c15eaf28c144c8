import { randomUUID } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import { Coalescer } from '#shared/coalesce.ts';
import { upserting } from '#shared/upserting.ts';
import { positionOf } from '#services/profiles/dating/area.ts';
import type { Change } from '#services/profiles/dating/reach.ts';
import type { DatingDocument } from '#services/profiles/dating/stored.ts';
import type { ProfileDocument } from '#services/profiles/profile.document.ts';

interface VersionDocument {
  _id: 'dating';
  /** Random, and no number: after a failover that lost a change the next one must not get its number. */
  version: string;
  /** The newest changes, each with the version that it led to. */
  changes?: (Change & { version: string })[];
}

/** What changed after a version, and the version that this leads to. */
export interface News {
  version: string;
  changes: Change[];
}

const ID = 'dating';

/** Changes that are remembered, some 150 bytes each: a list that is asked for once a minute is told of all of them. */
const REMEMBERED = 200;

const changeOf = ({ _id, usernameLower, hasDatingProfile, datingPoint }: DatingDocument): Change => ({
  id: String(_id),
  name: usernameLower,
  visible: hasDatingProfile === true,
  point: datingPoint ? positionOf(datingPoint) : null,
});

/**
 * The version of all that dating lists show, and what changed last. Whoever changed a profile makes a new version before
 * he answers: a version read after an acknowledged change is another one than before it, through any process.
 */
export class DatingVersion {
  readonly #versions: Collection<VersionDocument>;
  readonly #reading: Coalescer<string>;
  readonly #readingChanges: Coalescer<VersionDocument>;
  readonly #making: Coalescer<true>;

  constructor(db: Db) {
    this.#versions = db.collection('versions');
    const alone = { batch: 1, underWay: 1 };
    this.#reading = new Coalescer(async () => this.#read({ version: 1 }, ({ version }) => version), alone);
    this.#readingChanges = new Coalescer(async () => this.#read({}, (document) => document), alone);
    this.#making = new Coalescer((changes) => this.#make(changes), { batch: REMEMBERED, underWay: 1 });
  }

  /** The version as it is after this call; all who wait in this process share one query. */
  async now(): Promise<string> {
    return (await this.#reading.get(ID)) ?? '';
  }

  /** What changed after `version`, as known after this call; null when it is too long ago to be known. */
  async since(version: string): Promise<News | null> {
    const document = await this.#readingChanges.get(ID);
    if (!document) return null;
    const { changes = [] } = document;
    const known = changes.findLastIndex((change) => change.version === version);
    return known < 0 ? null : { version: document.version, changes: changes.slice(known + 1) };
  }

  /** Makes another version, for a change that was made before this call; all who wait in this process make one. */
  async changed(document: DatingDocument): Promise<void> {
    await this.#making.get(JSON.stringify(changeOf(document)));
  }

  /** As `changed`, for a document that was changed elsewhere, if lists show it: they have its name and avatar. */
  async changedIfShown(document: ProfileDocument): Promise<void> {
    if ('hasDatingProfile' in document && document.hasDatingProfile === true) await this.changed(document);
  }

  async #read<T>(projection: object, of: (document: VersionDocument) => T): Promise<Map<string, T>> {
    const document = await this.#versions.findOne({ _id: ID }, { projection });
    return document ? new Map([[ID, of(document)]]) : new Map();
  }

  async #make(changes: readonly string[]): Promise<Map<string, true>> {
    const version = randomUUID();
    const $each = changes.map((change) => ({ ...(JSON.parse(change) as Change), version }));
    await upserting(() =>
      this.#versions.updateOne(
        { _id: ID },
        { $set: { version }, $push: { changes: { $each, $slice: -REMEMBERED } } },
        { upsert: true },
      ),
    );
    return new Map(changes.map((change) => [change, true]));
  }
}
