import { exposeCounters, exposeGauge, exposeGauges } from '#shared/health/metrics.ts';
import type { Follower } from '#services/readmodel/follower.ts';

let current: Follower | undefined;
let exposed = false;

/** Makes a follower's counters part of the process's metrics; answers what takes them out again. */
export function exposeFollower(follower: Follower): () => void {
  current = follower;
  if (!exposed) expose();
  exposed = true;
  return () => {
    if (current === follower) current = undefined;
  };
}

function expose(): void {
  exposeCounters(
    'readmodel_total',
    'What the read model did: events taken, dropped (their window was stored already, or their epoch is over), dead letters, windows written, found unchanged, tried again, given up.',
    'what',
    () => current?.stats ?? {},
  );
  exposeGauges(
    'readmodel_lag',
    'Events that are not in a stored window yet, of the partitions that this process reads.',
    'partition',
    () => current?.lag ?? {},
  );
  exposeGauge('readmodel_waiting', 'Rooms whose windows wait to be written.', () => current?.waiting ?? 0);
}
