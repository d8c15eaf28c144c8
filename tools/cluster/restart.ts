import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '#shared/config.ts';
import { isAlive, signal, type ProcessId } from '#tools/mongod/process-id.ts';
import { GATEWAY } from '#tools/cluster/service-names.ts';
import { runningCluster, type ClusterState, type ProcessState } from '#tools/cluster/state.ts';

const POLL_MS = 50;

/** The cluster that runs with its data in `dataDir`. Throws ConfigError when none does. */
export function clusterIn(dataDir: string): ClusterState {
  const state = runningCluster(dataDir);
  if (!state) throw new ConfigError(`DATA_DIR=${dataDir}: no cluster runs there; start one with npm run cluster`);
  return state;
}

/** Resolves once another process than `old` has the name and is ready. Throws ConfigError when the cluster ends before. */
export async function untilReplaced(dataDir: string, nodeId: string, old: ProcessId): Promise<ProcessState> {
  for (;;) {
    const now = clusterIn(dataDir).processes.find((one) => one.nodeId === nodeId);
    if (now?.ready && now.id && (now.id.pid !== old.pid || now.id.started !== old.started)) return now;
    await sleep(POLL_MS);
  }
}

/** Sends a signal that ends a process of the cluster; resolves once the tool has started it again and it is ready. */
export async function restartProcess(dataDir: string, nodeId: string, name: NodeJS.Signals): Promise<ProcessState> {
  const found = clusterIn(dataDir).processes.find((one) => one.nodeId === nodeId);
  if (!found?.id || !isAlive(found.id)) throw new ConfigError(`${nodeId}: no such process runs now`);
  signal(found.id, name);
  return untilReplaced(dataDir, nodeId, found.id);
}

const rank = ({ service }: ProcessState): number => (service === GATEWAY ? 1 : 0);

/** The names of the processes that `which` (services, or processes; empty: all) means, gateways last. */
export function namesOf({ processes }: Pick<ClusterState, 'processes'>, which: readonly string[]): string[] {
  const meant = processes.filter(
    ({ service, nodeId }) => which.length === 0 || which.includes(service) || which.includes(nodeId),
  );
  return meant.toSorted((a, b) => rank(a) - rank(b)).map((one) => one.nodeId);
}
