import { type Db, type Document, Long, MongoServerError, type ObjectId } from 'mongodb';
import { isUnavailable } from '#shared/mongo-faults.ts';
import type { Millis } from '#shared/room-log/types.ts';

/** Where a change stream can be taken up again. */
export interface ResumeToken {
  _data: string;
}

/** A document that came, changed or went. */
export interface StreamChange {
  operationType: string;
  ns: { coll: string };
  documentKey: { _id: string | ObjectId };
  fullDocument?: Document | null;
  fullDocumentBeforeChange?: Document | null;
  wallTime: Date;
}

export interface StreamBatch {
  changes: StreamChange[];
  /** Everything up to here has been handed out. */
  token: ResumeToken;
}

/** The token is of no use to the database: it lies before the oplog, or the collection was dropped, or it is none. */
export class PlaceLostError extends Error {
  override readonly name = 'PlaceLostError';
}

export interface StreamOptions {
  db: Db;
  /** Null: all of the database's, to be narrowed by `pipeline`. */
  collection: string | null;
  /** Of `$changeStream`: which images of the document to bring. */
  images?: { fullDocument?: string; fullDocumentBeforeChange?: string };
  /** Stages after `$changeStream`. Must keep `_id`. */
  pipeline: Document[];
  resumeAfter: ResumeToken | null;
  /** How long `next` waits for something to come, in ms. */
  waitMs: number;
  signal: AbortSignal;
}

/**
 * Changes in one answer. The server also ends an answer at 16 MiB, so that is what a batch may hold. The driver's own
 * ChangeStream hands out changes one by one and does not say where an answer ends; here a batch is an answer, and the
 * next one is asked for only when the caller is done with it.
 */
const BATCH_CHANGES = 500;
/** A stream cannot go on from where it was: InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost. */
const LOST = new Set<unknown>([260, 280, 286]);

interface CursorAnswer {
  cursor: {
    id: Long | number;
    ns: string;
    firstBatch?: StreamChange[];
    nextBatch?: StreamChange[];
    postBatchResumeToken: ResumeToken;
  };
}

/** Opens a stream. Throws PlaceLostError, here and in `next`, when it cannot go on from its token. */
export async function openChangeStream(options: StreamOptions) {
  const { db, collection, images = {}, pipeline, resumeAfter, waitMs, signal } = options;
  const session = db.client.startSession();
  const ask = async (command: Document): Promise<CursorAnswer> =>
    (await db.command(command, { session, signal })) as CursorAnswer;
  const stage = { $changeStream: { ...images, ...(resumeAfter && { resumeAfter }) } };
  const opening = {
    aggregate: collection ?? 1,
    pipeline: [stage, ...pipeline],
    cursor: { batchSize: BATCH_CHANGES },
    readConcern: { level: 'majority' },
  };
  let answer: CursorAnswer;
  try {
    answer = await ask(opening);
  } catch (error) {
    await session.endSession();
    // Whatever the server has against a token: it will not like it better the next time.
    if (resumeAfter && error instanceof MongoServerError && !isUnavailable(error)) throw lost(error);
    throw error;
  }
  let first: CursorAnswer | undefined = answer;
  let id = asLong(answer.cursor.id);
  const from = answer.cursor.ns.slice(answer.cursor.ns.indexOf('.') + 1);

  return {
    /** What came since the last call; empty when nothing did within `waitMs`. */
    async next(): Promise<StreamBatch> {
      try {
        if (id.isZero() && !first) throw new PlaceLostError('the stream was ended by the database');
        const { cursor } =
          first ?? (await ask({ getMore: id, collection: from, batchSize: BATCH_CHANGES, maxTimeMS: waitMs }));
        first = undefined;
        id = asLong(cursor.id);
        return { changes: cursor.firstBatch ?? cursor.nextBatch ?? [], token: cursor.postBatchResumeToken };
      } catch (error) {
        throw error instanceof MongoServerError && LOST.has(error.code) ? lost(error) : error;
      }
    },
    async close(): Promise<void> {
      // The server forgets a cursor by itself, after 10 minutes.
      if (!id.isZero() && !signal.aborted)
        await db.command({ killCursors: from, cursors: [id] }, { session }).catch(() => undefined);
      await session.endSession();
    },
  };
}

const lost = (cause: Error) =>
  new PlaceLostError(`the stream cannot go on from its token: ${cause.message}`, { cause });

const asLong = (id: Long | number): Long => (typeof id === 'number' ? Long.fromNumber(id) : id);

/**
 * The time of the oplog that a token stands for, in epoch ms (whole seconds); null when it does not say. A token begins
 * with the type of a timestamp (0x82) and its seconds (src/mongo/db/pipeline/resume_token.h, a KeyString).
 */
export function timeOf({ _data }: ResumeToken): Millis | null {
  const seconds = /^82([0-9A-F]{8})/i.exec(_data)?.[1];
  return seconds === undefined ? null : Number.parseInt(seconds, 16) * 1_000;
}
