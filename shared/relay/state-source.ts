import { type Collection, type Db, type Document, MinKey } from 'mongodb';
import type { AnyEvent } from '#shared/events/parse.ts';
import type { TopicKind } from '#shared/kafka/topics.ts';
import type { StreamChange } from '#shared/relay/change-stream.ts';
import type { Source } from '#shared/relay/source.ts';
import type { Millis } from '#shared/room-log/types.ts';

/** Documents of a page; the database also ends it at 16 MiB. */
const PAGE_DOCUMENTS = 200;

/** What is told of one collection's documents. Null: nothing. `at`: epoch ms of the change. */
export interface StateMapping {
  collection: string;
  /** Of a document that came (`created`) or changed; also of every one there is, after the relay lost its place. */
  present: (document: Document, how: 'created' | 'updated', at: Millis) => AnyEvent | null;
  /**
   * Of one that went, by what it was before; where the database does not know that any more, by its `_id` alone. Without
   * it deletions are not told.
   */
  gone?: (before: Document | null, id: StreamChange['documentKey']['_id'], at: Millis) => Promise<AnyEvent | null>;
  /** False: told after a lost place only. For tombstones, which say then what else nobody would know. Default true. */
  followed?: boolean;
}

/** Where a page ends: the mapping's number, and the last `_id`. */
interface Bookmark {
  mapping: number;
  id: unknown;
}

/**
 * A source of documents that carry a `rev`, for `startRelay`: every insert, update and deletion as the mappings tell it.
 * The database keeps an image of each state for it (the user must be allowed to `collMod`); where it has none, the state
 * is the one of when the relay looked, and of a deletion the mapping knows the `_id` only.
 * After a lost place all documents are told once more, mapping by mapping: put tombstones first.
 *
 *     await startRelay(db, logger, () =>
 *       stateSource(db, 'profiles', 'profiles', [{ collection: 'profiles', present: profileEvent }]),
 *     );
 */
export function stateSource(db: Db, name: string, topic: TopicKind, mappings: readonly StateMapping[]): Source {
  const followed = mappings.filter((one) => one.followed !== false);
  const byCollection = new Map(followed.map((one) => [one.collection, one]));
  return {
    name,
    topic,
    images: [...byCollection.keys()],
    stream: {
      collection: null,
      images: { fullDocument: 'whenAvailable', fullDocumentBeforeChange: 'whenAvailable' },
      pipeline: [
        {
          $match: {
            'ns.coll': { $in: [...byCollection.keys()] },
            operationType: { $in: ['insert', 'update', 'replace', 'delete'] },
          },
        },
      ],
    },
    async eventsOf({ operationType, ns, documentKey, fullDocument, fullDocumentBeforeChange, wallTime }) {
      const { present, gone } = byCollection.get(ns.coll)!;
      const at = wallTime.getTime();
      if (operationType === 'delete') return some(await gone?.(fullDocumentBeforeChange ?? null, documentKey._id, at));
      const document = fullDocument ?? (await newestOf(db.collection(ns.coll), documentKey));
      // Gone by now: its deletion comes next.
      if (!document) return [];
      return some(present(document, operationType === 'insert' ? 'created' : 'updated', at));
    },
    async page(_since, after) {
      const { mapping, id } = (after as Bookmark | null) ?? { mapping: 0, id: new MinKey() };
      const { collection, present } = mappings[mapping]!;
      const documents = await pageOf(db.collection(collection), id);
      const events = documents.flatMap((one) => some(present(one, 'updated', timeOfState(one))));
      const last = documents.at(-1);
      if (last) return { events, after: { mapping, id: last._id } };
      return { events, after: mapping + 1 < mappings.length ? { mapping: mapping + 1, id: new MinKey() } : null };
    },
  };
}

/** For a change whose image was not kept. */
const newestOf = (collection: Collection, { _id }: StreamChange['documentKey']): Promise<Document | null> =>
  collection.findOne({ _id: _id as never }, { readConcern: 'majority' });

/** By `_id`, of whatever types: a bound of the index, because `$gt` finds values of one type only. */
function pageOf(collection: Collection, id: unknown): Promise<Document[]> {
  return collection
    .find({ _id: { $ne: id as never } }, { readConcern: 'majority', singleBatch: true, batchSize: PAGE_DOCUMENTS })
    .hint({ _id: 1 })
    .sort({ _id: 1 })
    .min({ _id: id })
    .toArray();
}

const some = (event: AnyEvent | null | undefined): AnyEvent[] => (event ? [event] : []);

const timeOfState = ({ updatedAt }: Document): Millis => (typeof updatedAt === 'number' ? updatedAt : Date.now());
