import { type Collection, type Db, MongoServerError } from 'mongodb';
import { Coalescer } from '#shared/coalesce.ts';
import { pause } from '#shared/pause.ts';
import { DURABLE } from '#shared/room-log/append.ts';
import { DUPLICATE_KEY } from '#shared/room-log/outcome.ts';
import type { Window } from '#shared/room-log/types.ts';
import { documentOf, FORMAT, type WindowDocument, windowOfDocument } from '#shared/read-model/window-document.ts';

/** Where a stored window stands. */
export type Stored = Omit<WindowDocument, 'content'>;

/** A reader does better with a query of its own than with waiting longer, in ms: a gateway's try has a second for both. */
const LOAD_MS = 500;
/** Documents of one query, each of up to some MiB, and queries under way at once. */
const LOADS = { batch: 16, underWay: 4 };
/** Rooms that wait for a query at most: some of those who asked may have left, and others wait behind them. */
const MAX_WAITING = 256;

const WITHOUT_CONTENT = { projection: { content: 0, items: 0 } } as const;

/**
 * The latest windows of rooms, ready made, in `read_messages_latest`. A document is never trusted to be new: it says
 * which rev it stands for, and a reader brings the log's changes since on top. It may be dropped at any time.
 */
export class ReadModel {
  readonly #windows: Collection<WindowDocument>;
  readonly #documents = new Coalescer((rooms) => this.#find(rooms), LOADS);

  constructor(db: Db) {
    this.#windows = db.collection<WindowDocument>('read_messages_latest');
  }

  /** Creates what is missing; safe to run at every start of every process. */
  async ensureIndexes(): Promise<void> {
    await this.#windows.createIndex({ groupId: 1 }, { unique: true });
  }

  /**
   * The stored window of a room; null when there is none of today's shape. Who asks before a query is sent shares it.
   * Throws the driver's errors, for a damaged window, and when it takes longer than half a second or too many wait.
   */
  async load(room: string): Promise<Window | null> {
    if (this.#documents.waiting >= MAX_WAITING) throw new Error(`${MAX_WAITING} rooms wait for it already`);
    const over = new AbortController();
    try {
      const late = pause(LOAD_MS, over.signal).then(() => Promise.reject(new Error(`no answer for ${LOAD_MS} ms`)));
      const document = await Promise.race([this.#documents.get(room), late]);
      return document && windowOfDocument(document);
    } finally {
      over.abort();
    }
  }

  /** Where the stored window of a room stands, without its messages. */
  async stored(room: string): Promise<Stored | null> {
    const document = await this.#windows.findOne({ groupId: room }, WITHOUT_CONTENT);
    return document?.format === FORMAT ? document : null;
  }

  /**
   * Stores a window on a majority, unless one of its epoch is there that is as new: compare-and-set on what is there.
   * Answers whether it was written.
   */
  async save(window: Window): Promise<boolean> {
    const document = await documentOf(window, Date.now());
    for (;;) {
      const there = await this.#windows.findOne({ groupId: window.room }, WITHOUT_CONTENT);
      if (there?.format === FORMAT && there.epoch === window.epoch && there.rev >= window.rev) return false;
      if (await this.#replace(there, document)) return true;
    }
  }

  /** Forgets the window of a room. */
  async remove(room: string): Promise<void> {
    await this.#windows.deleteOne({ groupId: room }, { writeConcern: DURABLE });
  }

  async #find(rooms: string[]): Promise<Map<string, WindowDocument>> {
    const found = await this.#windows
      .find({ groupId: { $in: rooms } }, { projection: { _id: 0 }, timeoutMS: LOAD_MS })
      .toArray();
    return new Map(found.map((document) => [document.groupId, document]));
  }

  /** False when somebody else was faster. */
  async #replace(
    there: (Partial<Stored> & Pick<Stored, 'groupId'>) | null,
    document: WindowDocument,
  ): Promise<boolean> {
    const { groupId } = document;
    try {
      if (!there) {
        // The collection may have been dropped since the start; where the index is there this does nothing.
        await this.ensureIndexes();
        await this.#windows.insertOne(document, { writeConcern: DURABLE, forceServerObjectId: true });
        return true;
      }
      const { format, epoch, rev } = there;
      // Null matches a field that is missing: documents of older programs have none of these.
      const same = { groupId, format: format ?? null, epoch: epoch ?? null, rev: rev ?? null };
      const { matchedCount } = await this.#windows.replaceOne(same as Partial<WindowDocument>, document, {
        writeConcern: DURABLE,
      });
      return matchedCount === 1;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
      throw error;
    }
  }
}
