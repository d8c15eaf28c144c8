import { type Collection, type Db, type Document, MongoBulkWriteError } from 'mongodb';
import { DURABLE } from '#shared/room-log/append.ts';
import { DUPLICATE_KEY } from '#shared/room-log/outcome.ts';
import type { OldCollection } from '#shared/own-database.ts';
import { idText, type Note, type Old } from '#tools/adopt/values.ts';

/**
 * What the adoption remembers while it goes on, in collections of its own: where each old document goes (places), what
 * is put right (findings), which avatars became files, and how far each stage is. All of it is gone at the end.
 */

/** Where an old document goes. */
export interface Place {
  _id: { c: OldCollection; id: unknown };
  /** What walks over it. */
  kind: 'messages' | 'aside' | OldCollection;
  /** The room of a message; what a document of another collection is the only one of; why a document is set aside. */
  key: string;
  /** Epoch ms: the order within the key, then by `id`. */
  at: number;
  id: unknown;
  c: OldCollection;
  /** The parts of a key that has several. */
  parts?: string[];
  /** Of a message: its id from now on, and a hash of what it says. */
  mid?: string;
  sum?: string;
  /** The original is kept aside, for what is served of it is cut. */
  keep?: true;
  /** A copy of another one: set aside. */
  drop?: true;
  /** Bytes of the document. */
  size: number;
}

export interface Finding {
  _id: { kind: string; c: string; id: string };
  detail?: string;
}

/** How often each thing was counted. */
export type Tally = Map<string, number>;

interface StageDocument<S> {
  _id: string;
  done: boolean;
  /** What was done last, and the stage's own state after it. */
  state: S | null;
  tally: [string, number][];
}

/** The walk over places of a kind: by key, then by time, then by id. */
export const WALK = { kind: 1, key: 1, at: 1, id: 1, c: 1 } as const;
/** Messages of one room with one messageId, in their order. */
export const TWINS = { kind: 1, key: 1, mid: 1, at: 1, id: 1, c: 1 } as const;

export class Stage<S> {
  readonly #stages: Collection<StageDocument<S>>;
  readonly #lasting: boolean;
  readonly name: string;
  readonly tally: Tally;
  state: S | null;
  done: boolean;

  constructor(stages: Collection<StageDocument<S>>, name: string, stored: StageDocument<S> | null, lasting: boolean) {
    this.#stages = stages;
    this.#lasting = lasting;
    this.name = name;
    this.done = stored?.done ?? false;
    this.state = stored?.state ?? null;
    this.tally = new Map(stored?.tally);
  }

  count(what: string, by = 1): void {
    this.tally.set(what, (this.tally.get(what) ?? 0) + by);
  }

  /**
   * Stores how far the stage is, with all that it counted: who goes on after a crash counts nothing twice. It is on a
   * majority only after everything that was written before.
   */
  async save(): Promise<void> {
    const { name, done, state, tally } = this;
    const stored = { _id: name, done, state, tally: [...tally] } as StageDocument<S>;
    const writeConcern = this.#lasting ? DURABLE : { w: 1 };
    await this.#stages.replaceOne({ _id: name } as Document, stored, { upsert: true, writeConcern });
  }

  async finish(): Promise<void> {
    this.done = true;
    await this.save();
  }
}

export class Notes {
  readonly #db: Db;
  readonly #lasting: boolean;
  readonly places: Collection<Place>;
  readonly findings: Collection<Finding>;
  readonly avatars: Collection<{ _id: string; url: string | null }>;

  /** `lasting`: for whoever goes on after a crash. */
  constructor(db: Db, lasting = true) {
    this.#db = db;
    this.#lasting = lasting;
    this.places = db.collection('adopt_places');
    this.findings = db.collection('adopt_findings');
    this.avatars = db.collection('adopt_avatars');
  }

  async stage<S>(name: string): Promise<Stage<S>> {
    const stages = this.#db.collection<StageDocument<S>>('adopt_stages');
    const stored = (await stages.findOne({ _id: name } as Document)) as StageDocument<S> | null;
    return new Stage(stages, name, stored, this.#lasting);
  }

  /** What all stages counted. */
  async tallies(): Promise<Tally> {
    const sum: Tally = new Map();
    for await (const { tally } of this.#db.collection<StageDocument<unknown>>('adopt_stages').find())
      for (const [what, n] of tally) sum.set(what, (sum.get(what) ?? 0) + n);
    return sum;
  }

  async drop(): Promise<void> {
    const mine = await this.#db.listCollections({ name: /^adopt_/ }, { nameOnly: true }).toArray();
    for (const { name } of mine) await this.#db.dropCollection(name);
  }
}

/** Notes about a document as findings. */
export const findingsOf = (c: string, { _id }: Pick<Old, '_id'>, notes: readonly Note[]): Finding[] =>
  notes.map(([kind, detail]) => ({ _id: { kind, c, id: idText(_id) }, ...(detail !== undefined && { detail }) }));

/** Stores documents under their own `_id`s; what is there already stays. */
export async function insertNew<T extends Document>(collection: Collection<T>, documents: readonly T[]): Promise<void> {
  if (documents.length === 0) return;
  try {
    await collection.insertMany(documents as never, { ordered: false });
  } catch (error) {
    const only = error instanceof MongoBulkWriteError && [error.writeErrors].flat();
    if (!only || only.length === 0 || only.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
  }
}
