import type { ObjectId } from 'mongodb';
import type { Fault } from '#shared/errors.ts';
import type { Loaded } from '#shared/room-log/needs.ts';
import type { Command, Entry, Head, Millis, Outcome } from '#shared/room-log/types.ts';

export interface ComputeInput {
  /** The room's end h. */
  head: Head;
  /** The database's time, not yet clamped to the room's. */
  at: Millis;
  /** Read at h; `needsOf` says what. */
  loaded: Loaded;
  commands: readonly Command[];
  /** The `_id` of the entry. */
  id: ObjectId;
}

export interface Computed {
  /** Null when nothing changed. */
  entry: Entry | null;
  /** One for each command taken. */
  outcomes: (Outcome | Fault)[];
  /** How many commands went in; at least one. The rest waits for the next entry. */
  taken: number;
}

/** The head of a room that never had a change. */
export function emptyHead(room: string, epoch: string): Head {
  return { _id: room, epoch, rev: 0, seq: 0, floorSeq: 0, createdAt: 0, lastSeq: null, previewSeq: null };
}

export function computeEntry(_input: ComputeInput): Computed {
  throw new Error('not written yet');
}
