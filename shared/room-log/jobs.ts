import { ObjectId } from 'mongodb';
import { monotonic } from '#shared/deadline.ts';
import { Fault } from '#shared/errors.ts';
import type { Clock } from '#shared/room-log/clock.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import { computeEntry } from '#shared/room-log/compute.ts';
import type { End } from '#shared/room-log/ends.ts';
import { loadFor } from '#shared/room-log/load.ts';
import type { Write } from '#shared/room-log/queue.ts';
import type { Entry, Head, Outcome } from '#shared/room-log/types.ts';

/** An entry computed longer ago than this, in ms, is computed anew: the sweeper counts on it (sweep.ts). */
const COMPUTED_MS = 5_000;

/** What one room brings into a flush, and the writes that it answers. */
export interface Computed {
  room: string;
  end: Head;
  /** When `end`, or one that this process's own writes led from to it, was read: see ends.ts. */
  since: number;
  /** The end was read by this very flush, so after every one of its writes was asked for. */
  justRead: boolean;
  /** Null when nothing changes. */
  entry: Entry | null;
  writes: Write[];
  /** What found no place in the entry. */
  rest: Write[];
  outcomes: (Outcome | Fault)[];
}

export type Job = Computed & { entry: Entry };

export const isJob = (computed: Computed): computed is Job => computed.entry !== null;

export interface EndsOfFlush {
  ends: ReadonlyMap<string, End>;
  justRead: ReadonlySet<string>;
  /** See `Ends`. */
  isSettled: (end: End) => boolean;
}

/** L3: reads what the writes need at their rooms' ends, and computes the entries. Throws `not_stored` when it took too long. */
export async function computeRooms(
  { collections, clock }: { collections: Collections; clock: Clock },
  batch: ReadonlyMap<string, Write[]>,
  { ends, justRead, isSettled }: EndsOfFlush,
): Promise<Computed[]> {
  const asked = [...batch].map(([room, writes]) => ({
    room,
    head: ends.get(room)!.head,
    commands: writes.map(({ command }) => command),
    believesFresh: isSettled(ends.get(room)!),
  }));
  const started = monotonic();
  const loaded = await loadFor(collections, asked);
  if (monotonic() - started > COMPUTED_MS) throw new Fault('not_stored', 'reading what the writes need took too long');
  const computed: Computed[] = [];
  for (const { room, head } of asked) {
    const writes = batch.get(room)!.filter(({ state }) => state === 'waiting');
    if (writes.length === 0) continue;
    const commands = writes.map(({ command }) => command);
    const { entry, outcomes, taken } = computeEntry({
      head,
      at: clock.now(),
      loaded: loaded.get(room)!,
      commands,
      id: new ObjectId(),
    });
    const [taking, rest] = [writes.slice(0, taken), writes.slice(taken)];
    const { since } = ends.get(room)!;
    computed.push({ room, end: head, since, justRead: justRead.has(room), entry, writes: taking, rest, outcomes });
  }
  return computed;
}

/** True when an answer shows a state that readers cannot see yet: it was found beyond the end. */
export const showsBeyond = ({ end, outcomes }: Computed): boolean =>
  outcomes.some((outcome) => !(outcome instanceof Fault) && (outcome.message?.rev ?? 0) > end.rev);

/** Answers every write with its own outcome. */
export function answer({ writes, outcomes }: Computed): void {
  for (const [index, write] of writes.entries()) {
    const outcome = outcomes[index]!;
    if (write.state === 'done') continue;
    if (outcome instanceof Fault) write.reject(outcome);
    else write.resolve(outcome);
  }
}
