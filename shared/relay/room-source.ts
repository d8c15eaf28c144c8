import type { Document } from 'mongodb';
import { eventsOfEntry } from '#shared/events/of-entry.ts';
import type { Source } from '#shared/relay/source.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import type { Entry, Millis } from '#shared/room-log/types.ts';

/** The relay of rooms; the sweeper asks for its place by this name. */
export const ROOM_RELAY = 'rooms';

/** Entries of a page; the database also ends it at 16 MiB. */
const PAGE_ENTRIES = 200;

/** Where a page ends: its last entry. */
interface Bookmark {
  room: string;
  from: number;
}

/** The room log is the outbox: every entry that is appended, as the events of its changes. */
export function roomSource({ log }: Pick<Collections, 'log'>, generation: string): Source {
  return {
    name: ROOM_RELAY,
    topic: 'messages',
    stream: {
      collection: log.collectionName,
      // The head is the largest part of a short entry, and no event says anything of it.
      pipeline: [{ $match: { operationType: 'insert' } }, { $project: { 'fullDocument.head': 0 } }],
    },
    eventsOf: ({ fullDocument }) => eventsOfEntry(fullDocument as Entry, generation),
    /** Room by room, each in the order of its revs, along the index (room, from). */
    async page(since: Millis, after: Document | null) {
      const bookmark = after as Bookmark | null;
      const entries = await log
        .find({ at: { $gte: since } }, { readConcern: 'majority', singleBatch: true, batchSize: PAGE_ENTRIES })
        .project<Entry>({ head: 0 })
        .hint({ room: 1, from: 1 })
        // The index has this order; told, because a database of several shards would mix theirs.
        .sort({ room: 1, from: 1 })
        .min(bookmark ? { room: bookmark.room, from: bookmark.from + 1 } : { room: '', from: 0 })
        .toArray();
      const last = entries.at(-1);
      return {
        events: entries.flatMap((entry) => eventsOfEntry(entry, generation)),
        after: last ? { room: last.room, from: last.from } : null,
      };
    },
  };
}
