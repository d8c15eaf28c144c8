import { MongoClient } from 'mongodb';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { problemsOfLoad } from '#test/cluster/support/audit.ts';
import { type Exchange, failuresOf, inWords, isGood, problemsOfOutage } from '#test/cluster/support/exchange.ts';
import { MixedLoad } from '#test/cluster/support/load.ts';
import { problemsOfChanges } from '#test/guarantees/changes.ts';
import type { Allowed, Fault } from '#test/guarantees/faults.ts';
import { problemsOfHistory, withRevs } from '#test/guarantees/history.ts';
import { problemsOfRepeats } from '#test/guarantees/repeats.ts';
import type { Stage } from '#test/guarantees/stage.ts';

/** Good answers before a fault, so that caches are warm, and after it. */
const BEFORE = 150;
const AFTER = 150;

/** One fault, and what was seen. */
export interface Result {
  fault: Pick<Fault, 'name' | 'what' | 'allowed'>;
  /** False where this machine could not do it. */
  done: boolean;
  requests: number;
  /** Answers other than 2xx, by what was told: `503 service_unavailable`. */
  told: Record<string, number>;
  /** From the fault until the last failure was over, in ms; 0 when nobody noticed. */
  noticedMs: number;
  /** Reads of an old primary that the design excepts. */
  oldReads: number;
  /** By check, in words; all empty when the promises held. */
  problems: Record<'answers' | 'durable' | 'linearizable' | 'changes' | 'repeats', string[]>;
}

const isLost = ({ status }: Exchange): boolean => status === 0 || status === -1;

/** What clients were told that they should not have been. */
function problemsOfAnswers(exchanges: readonly Exchange[], allowed: Allowed): string[] {
  if (allowed === 'none') return failuresOf(exchanges);
  const reads = exchanges.filter(({ kind }) => kind === 'read');
  const outage = problemsOfOutage(allowed === 'lost' ? exchanges.filter((one) => !isLost(one)) : exchanges);
  return allowed === 'writes' ? [...failuresOf(reads), ...outage] : outage;
}

const countsOf = (exchanges: readonly Exchange[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { status, code } of exchanges.filter((one) => !isGood(one)))
    counts[`${status} ${code ?? ''}`.trim()] = (counts[`${status} ${code ?? ''}`.trim()] ?? 0) + 1;
  return counts;
};

/** Plays one fault under a steady load, and holds what clients were told against what is stored. */
export async function drill(stage: Stage, fault: Fault, index: number): Promise<Result> {
  const { cluster, replicaSet } = stage;
  const load = new MixedLoad({ gateways: cluster.gateways, name: `drill${index}`, keyless: true });
  await load.goodAnswers(BEFORE);
  const begun = performance.now();
  const done = (await fault.happen(stage)) !== false;
  await load.goodAnswers(AFTER);
  await load.stop();

  const { exchanges, operations } = load;
  const failed = exchanges.filter((one) => !isGood(one));
  const client = await MongoClient.connect(replicaSet.uri);
  try {
    const collections = collectionsOf(client.db('truematch'));
    const log = await collections.log
      .find({ room: { $in: [...load.rooms] } })
      .sort({ room: 1, from: 1 })
      .toArray();
    const history = problemsOfHistory([...operations, ...withRevs(load.edits, log)]);
    return {
      fault: { name: fault.name, what: fault.what, allowed: fault.allowed },
      done,
      requests: exchanges.length,
      told: countsOf(exchanges),
      noticedMs: failed.length === 0 ? 0 : Math.max(...failed.map(({ ended }) => ended)) - begun,
      oldReads: fault.oldReads ? history.length : 0,
      problems: {
        answers: problemsOfAnswers(exchanges, fault.allowed),
        durable: await problemsOfLoad(replicaSet.uri, load),
        linearizable: fault.oldReads ? [] : history,
        changes: await problemsOfChanges(cluster.gateways, load.rooms, collections),
        repeats: await problemsOfRepeats(cluster.gateways, load.posts),
      },
    };
  } catch (error) {
    throw new Error(`${fault.name}: the checks failed; ${failed.slice(0, 3).map(inWords).join('; ')}`, {
      cause: error,
    });
  } finally {
    await client.close();
  }
}
