import { isAlive } from '#tools/mongod/process-id.ts';
import { stopProcess } from '#tools/mongod/stop.ts';
import type { ClusterState, ProcessState } from '#tools/cluster/state.ts';

/** A process without its tool drains what it has, as at any stop. */
const GRACE_MS = 10_000;

/** Ends the processes that a killed tool left behind: they would hold the ports. Answers their names. */
export async function endLeftovers(last: ClusterState | undefined): Promise<string[]> {
  const left = (last?.processes ?? []).filter(
    (one): one is ProcessState & { id: object } => !!one.id && isAlive(one.id),
  );
  await Promise.all(left.map(({ id }) => stopProcess(id, GRACE_MS)));
  return left.map((one) => one.nodeId);
}
