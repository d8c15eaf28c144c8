import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeStream, ChangeStreamDocument, Db } from 'mongodb';
import { ConfigError } from '#shared/config.ts';
import { OLD_COLLECTIONS, type OldCollection } from '#shared/own-database.ts';
import { idText, type Old } from '#tools/adopt/values.ts';

/** Finds out whether somebody else writes to the database of the older service. */
export interface Watch {
  /** Throws ConfigError with what was seen, and how. */
  check(): Promise<void>;
  /** From now on this run writes there, too: only what it never does counts. */
  writing(): void;
  close(): Promise<void>;
}

const STOP = 'stop the older service everywhere, then run this again: it goes on where it was';

/** This run replaces, deletes, and inserts messages that have a room; it updates nothing. */
function isOthers(change: ChangeStreamDocument): boolean {
  if (change.operationType === 'update' || change.operationType === 'drop') return true;
  return change.operationType === 'insert' && typeof (change.fullDocument as Old).room !== 'string';
}

class StreamWatch implements Watch {
  readonly #stream: ChangeStream;
  readonly #db: string;
  #alsoMine = false;
  #seen: string | null = null;
  #failure: unknown = null;
  readonly #running: Promise<void>;

  constructor(db: Db) {
    this.#db = db.databaseName;
    this.#stream = db.watch([{ $match: { 'ns.coll': { $in: [...OLD_COLLECTIONS] } } }]);
    this.#running = this.#run().catch((error: unknown) => {
      if (!this.#stream.closed) this.#failure = error;
    });
  }

  async #run(): Promise<void> {
    for await (const change of this.#stream) {
      if (this.#seen !== null || (this.#alsoMine && !isOthers(change))) continue;
      const where = 'ns' in change && 'coll' in change.ns ? change.ns.coll : '';
      const id = 'documentKey' in change ? ` of ${idText(change.documentKey._id)}` : '';
      this.#seen = `${change.operationType}${id} in ${where}`;
    }
  }

  async check(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#seen === null) return;
    throw new ConfigError(`somebody else writes to ${this.#db} (its change stream told of: ${this.#seen}); ${STOP}`);
  }

  writing(): void {
    this.#alsoMine = true;
  }

  async close(): Promise<void> {
    await this.#stream.close();
    await this.#running;
  }
}

/** Between two looks before the beginning. */
const LOOK_MS = 100;
/** Between two samples. */
const SAMPLE_MS = 3_000;

type Sample = Map<OldCollection, string>;

/** Without a replica set there is no change stream: how many documents there are, and the newest `_id`. */
async function sample(db: Db): Promise<Sample> {
  const found = OLD_COLLECTIONS.map(async (c): Promise<[OldCollection, string]> => {
    const [newest] = await db
      .collection(c)
      .find({}, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    return [
      c,
      `${await db.collection(c).estimatedDocumentCount()} documents, the newest ${newest ? idText(newest._id) : 'none'}`,
    ];
  });
  return new Map(await Promise.all(found));
}

async function sampleWatch(db: Db): Promise<Watch> {
  const before = await sample(db);
  let next = 0;
  return {
    async check() {
      if (performance.now() < next) return;
      next = performance.now() + SAMPLE_MS;
      for (const [c, now] of await sample(db))
        if (now !== before.get(c))
          throw new ConfigError(
            `somebody else writes to ${db.databaseName}: ${c} had ${before.get(c)}, and has ${now} (the server is no replica set, so edits are not seen); ${STOP}`,
          );
    },
    writing() {
      throw new Error('a database that is written to is a replica set');
    },
    close: async () => undefined,
  };
}

/** Watches for `quietMs` before it answers. Throws ConfigError when somebody writes. */
export async function watchWrites(db: Db, quietMs: number): Promise<Watch> {
  const { setName } = await db.admin().command({ hello: 1 });
  const watch = setName ? new StreamWatch(db) : await sampleWatch(db);
  try {
    const until = performance.now() + quietMs;
    do {
      await sleep(LOOK_MS);
      await watch.check();
    } while (performance.now() < until);
  } catch (error) {
    await watch.close();
    throw error;
  }
  return watch;
}
