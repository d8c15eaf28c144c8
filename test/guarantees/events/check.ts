import { isDeepStrictEqual } from 'node:util';
import type { Db } from 'mongodb';
import { changeOf, type RoomEvent } from '#shared/events/room-events.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import type { Change } from '#shared/room-log/types.ts';
import type { Arrived } from '#test/shared/relay/support/topic-reader.ts';

/** Every change of the log, by room, in the order of its revs. */
export async function changesIn(db: Db): Promise<Map<string, Change[]>> {
  const changes = new Map<string, Change[]>();
  for await (const entry of collectionsOf(db).log.find().sort({ room: 1, from: 1 }))
    changes.set(entry.room, [...(changes.get(entry.room) ?? []), ...entry.changes]);
  return changes;
}

/**
 * What is wrong with what arrived: every change of the log must be there, with what the log says of it, and be there
 * first after all changes of its room that came before it. Coming again is allowed.
 */
export function problemsOfEvents(log: ReadonlyMap<string, Change[]>, arrived: readonly Arrived[]): string[] {
  const problems: string[] = [];
  const seen = new Map<string, number>();
  for (const { event } of arrived) {
    const { room, rev } = (event as RoomEvent).data;
    const last = seen.get(room) ?? 0;
    if (rev > last + 1) problems.push(`${room}: rev ${rev} arrived after ${last}`);
    const stored = log.get(room)?.[rev - 1];
    if (!isDeepStrictEqual(changeOf(event as RoomEvent), withoutKeys(stored)))
      problems.push(`${room}: rev ${rev} is not what the log has`);
    if (rev > last) seen.set(room, rev);
  }
  for (const [room, { length }] of log)
    if ((seen.get(room) ?? 0) < length)
      problems.push(`${room}: rev ${seen.get(room) ?? 0} of ${length} is the last that arrived`);
  return problems;
}

function withoutKeys(change: Change | undefined): Change | undefined {
  if (!change?.message) return change;
  const { author: _author, key: _key, keyHash: _keyHash, ...message } = change.message;
  return { ...change, message };
}

/** True when each room's last change has arrived. */
export function isComplete(log: ReadonlyMap<string, Change[]>, arrived: readonly Arrived[]): boolean {
  const last = new Map<string, number>();
  for (const { event } of arrived) {
    const { room, rev } = (event as RoomEvent).data;
    last.set(room, Math.max(rev, last.get(room) ?? 0));
  }
  return [...log].every(([room, { length }]) => (last.get(room) ?? 0) >= length);
}
