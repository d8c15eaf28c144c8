import { setTimeout as sleep } from 'node:timers/promises';
import type { Collections } from '#shared/room-log/collections.ts';
import { readEnds } from '#shared/room-log/end.ts';
import { isUnsettled } from '#shared/room-log/outcome.ts';
import type { Entry, Head } from '#shared/room-log/types.ts';

/** Looks at heads before an answer that counts on them. */

const PAUSE_MS = 100;
/** A head that is not there after so many repairs is a bug. */
const ATTEMPTS = 10;

/**
 * The rooms whose head is not at the end that was counted on: another process wrote to them since. What was computed
 * for them without a change to append, which nothing else would refute, is void (L3).
 */
export async function roomsMoved({ heads }: Pick<Collections, 'heads'>, ends: readonly Head[]): Promise<Set<string>> {
  if (ends.length === 0) return new Set();
  const known = new Map<string, number>();
  const filter = { _id: { $in: ends.map(({ _id }) => _id) } };
  for await (const { _id, rev } of heads.find(filter, { projection: { rev: 1 } })) known.set(_id, rev);
  return new Set(ends.filter(({ _id, rev }) => (known.get(_id) ?? 0) !== rev).map(({ _id }) => _id));
}

/**
 * L4: sees to it, with majority, that the head of each stored entry has come to it: somebody else moved it, or something
 * lies between, which is applied first, or it was lost. Goes on until the database answers; tells what is impossible.
 */
export async function confirmHeads(collections: Collections, entries: readonly Entry[]): Promise<Map<Entry, Error>> {
  const failed = new Map<Entry, Error>();
  let behind = [...entries];
  for (let attempt = 0; behind.length > 0; attempt += 1) {
    try {
      behind = await notReached(collections, behind);
      for (const entry of behind) {
        const problem = attempt < ATTEMPTS ? await repaired(collections, entry) : new Error('the head does not move');
        if (problem) failed.set(entry, problem);
      }
      behind = behind.filter((entry) => !failed.has(entry));
    } catch (error) {
      if (!isUnsettled(error)) throw error;
      attempt -= 1;
      await sleep(PAUSE_MS);
    }
  }
  return failed;
}

async function notReached({ heads }: Collections, entries: readonly Entry[]): Promise<Entry[]> {
  const filter = { _id: { $in: entries.map(({ room }) => room) } };
  const found = await heads.find(filter, { projection: { rev: 1 }, readConcern: 'majority' }).toArray();
  const revs = new Map(found.map(({ _id, rev }) => [_id, rev]));
  return entries.filter(({ room, to }) => (revs.get(room) ?? 0) < to);
}

async function repaired(collections: Collections, { room }: Entry): Promise<Error | undefined> {
  try {
    await readEnds(collections, [room]);
    return undefined;
  } catch (error) {
    if (isUnsettled(error) || !(error instanceof Error)) throw error;
    return error;
  }
}
