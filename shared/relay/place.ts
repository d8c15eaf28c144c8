import type { Collection, Db, Document } from 'mongodb';
import type { ResumeToken } from '#shared/relay/change-stream.ts';
import type { Millis } from '#shared/room-log/types.ts';

/** How far a relay has come, on disk: one document a relay in `relay_places`. */
export interface PlaceDocument {
  /** The relay's name. */
  _id: string;
  /** The database generation that the place is of (L8): in a restored database it means nothing. */
  generation: string;
  /** All that the stream brought up to here has been sent. */
  token: ResumeToken;
  /** What was stored before this has been sent; 0: nothing is known to be. */
  sentTo: Millis;
  /** While what is stored is sent: what was stored since `since`, up to the bookmark `after`. */
  backfill?: { since: Millis; after: Document | null };
}

export type Place = Omit<PlaceDocument, '_id'>;

const placesOf = (db: Db): Collection<PlaceDocument> => db.collection('relay_places');

export async function loadPlace(db: Db, name: string): Promise<Place | null> {
  return placesOf(db).findOne({ _id: name }, { projection: { _id: 0 }, readConcern: 'majority' });
}

/** Stored on a majority: a failover must not forget what a later place replaced. */
export async function savePlace(db: Db, name: string, place: Place): Promise<void> {
  await placesOf(db).replaceOne({ _id: name }, place, { upsert: true });
}

/**
 * Everything that was stored in the database before this time has been sent by the relay of this name; 0 when it has
 * not begun.
 */
export async function sentBefore(db: Db, name: string): Promise<Millis> {
  return (await loadPlace(db, name))?.sentTo ?? 0;
}
