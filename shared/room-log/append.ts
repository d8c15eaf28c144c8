import { setTimeout as sleep } from 'node:timers/promises';
import { DEADLINES } from '#shared/deadline.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import { documentErrors, DUPLICATE_KEY, isOwnId, isUnsettled, refusedByDriver } from '#shared/room-log/outcome.ts';
import type { Entry } from '#shared/room-log/types.ts';

/** `conflict`: another entry holds that place, this one is not stored. `refused`: a document error; not stored (L6). */
export type Verdict = { kind: 'stored' } | { kind: 'conflict' } | { kind: 'refused'; cause: unknown };

const STORED: Verdict = { kind: 'stored' };
const CONFLICT: Verdict = { kind: 'conflict' };

/** On disk on a majority, or no answer (P1). */
export const DURABLE = { w: 'majority', j: true } as const;

/** Pause before an unknown outcome is looked into again, in ms: long enough for an election to have moved on. */
const SETTLE_PAUSE_MS = 100;

export interface AppendWatch {
  /** The first insert failed without an outcome; it is being settled. */
  unsettled(error: unknown): void;
}

/**
 * Appends entries, of each room at most one (L1), and answers what became of each. After an error without an outcome
 * the same entries are inserted again until the database says (L5): stored now, found under their own `_id`, or the
 * place is taken. So it returns only with certainty, however long that takes.
 */
export async function append(
  { log }: Collections,
  entries: readonly Entry[],
  watch: AppendWatch,
): Promise<Map<Entry, Verdict>> {
  const verdicts = new Map<Entry, Verdict>();
  let open = [...entries];
  for (let attempt = 0; open.length > 0; attempt += 1) {
    try {
      await log.insertMany(open, { ordered: false, writeConcern: DURABLE, timeoutMS: DEADLINES.flush });
      for (const entry of open) verdicts.set(entry, STORED);
      return verdicts;
    } catch (error) {
      const failed = documentErrors(error);
      if (failed) {
        const byIndex = new Map(failed.map((one) => [one.index, one]));
        const unproven: Entry[] = [];
        for (const [index, entry] of open.entries()) {
          const reason = byIndex.get(index);
          if (!reason || isOwnId(reason)) verdicts.set(entry, STORED);
          else if (reason.code !== DUPLICATE_KEY) verdicts.set(entry, { kind: 'refused', cause: reason });
          else if (attempt === 0 || (await isTaken({ log }, entry))) verdicts.set(entry, CONFLICT);
          else unproven.push(entry);
        }
        open = unproven;
      } else if (refusedByDriver(error)) {
        if (open.length === 1) verdicts.set(open[0]!, { kind: 'refused', cause: error });
        else
          for (const entry of open)
            for (const [one, verdict] of await append({ log } as Collections, [entry], watch))
              verdicts.set(one, verdict);
        return verdicts;
      } else if (isUnsettled(error)) watch.unsettled(error);
      else throw error;
      if (open.length > 0) await sleep(SETTLE_PAUSE_MS);
    }
  }
  return verdicts;
}

/** True when another entry is known, by a majority, to hold the place of this one; false when the look fails, too. */
async function isTaken({ log }: Pick<Collections, 'log'>, { _id, room, from }: Entry): Promise<boolean> {
  try {
    const holder = await log.findOne({ room, from }, { projection: { _id: 1 }, readConcern: 'majority' });
    return holder !== null && !holder._id.equals(_id);
  } catch (error) {
    if (!isUnsettled(error)) throw error;
    return false;
  }
}
