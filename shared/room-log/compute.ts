import type { ObjectId } from 'mongodb';
import { isFault, type Fault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import type { Loaded } from '#shared/room-log/needs.ts';
import { planOf } from '#shared/room-log/plan.ts';
import { Running } from '#shared/room-log/running.ts';
import { opBytes } from '#shared/room-log/sizes.ts';
import type { Change, Command, Entry, Head, Millis, Outcome } from '#shared/room-log/types.ts';

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

/** The changes of an entry. Of several changes of a message only the last keeps its state (L1). */
class Draft {
  readonly changes: Change[] = [];
  #bytes = 0;
  readonly #states = new Map<number, { change: Change; size: number }>();

  get full(): boolean {
    return this.changes.length >= LIMITS.entryChanges;
  }

  /** False when the entry would pass its bytes; the first change always fits, else its command would wait for ever. */
  add(change: Change, size: number): boolean {
    const before = change.seq === null ? undefined : this.#states.get(change.seq);
    const bytes = this.#bytes + opBytes(change.op) + size - (before?.size ?? 0);
    if (bytes > LIMITS.entryBytes && this.changes.length > 0) return false;
    this.#bytes = bytes;
    this.changes.push(change);
    delete before?.change.message;
    if (change.seq !== null) this.#states.set(change.seq, { change, size });
    return true;
  }
}

/**
 * The next entry of a room (L3): the commands applied one after the other to the room at h. A refused command is a Fault
 * among the outcomes and changes nothing; any other error is a bug and travels up. An entry takes at most 500 changes
 * and 4 MiB of states and operations. Nothing it is given is changed.
 */
export function computeEntry({ head, at: time, loaded, commands, id }: ComputeInput): Computed {
  const at = Math.floor(time);
  const room = new Running(head, loaded);
  const draft = new Draft();
  const outcomes: (Outcome | Fault)[] = [];
  for (const command of commands) {
    if (draft.full) break;
    try {
      const { outcome, change, size = 0, commit } = planOf(room, command, at);
      if (change && !draft.add(change, size)) break;
      commit?.();
      outcomes.push(outcome);
    } catch (error) {
      if (!isFault(error)) throw error;
      outcomes.push(error);
    }
  }
  return { entry: entryOf(head, room, draft.changes, at, id), outcomes, taken: outcomes.length };
}

function entryOf(before: Head, room: Running, changes: Change[], at: Millis, id: ObjectId): Entry | null {
  if (changes.length === 0) return null;
  const [from, to] = [before.rev + 1, room.rev];
  return { _id: id, room: room.room, epoch: before.epoch, from, to, at, changes, head: room.head() };
}
