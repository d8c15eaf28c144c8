import { processStats } from '#tools/bench/process-stats.ts';

/** What a process holds: its memory as the load left it, all else after a forced collection. */
export interface Sample {
  rssBytes: number;
  heapBytes: number;
  /** Sockets, pipes, servers: what libuv counts as handles, timers left out. */
  handles: number;
  /** Open file descriptors, sockets among them. */
  files: number;
}

const valueOf = (metrics: string, name: string): number =>
  Number(new RegExp(`^truematch_${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(metrics)?.[1]);

/** A process that is watched. */
export interface Watched {
  nodeId: string;
  pid: number;
  healthUrl: string;
}

/** Reads a process's memory and its `/metrics`; it has to run with --expose-gc. Throws when a value is missing. */
export async function sampleOf({ pid, healthUrl }: Watched): Promise<Sample> {
  const rssBytes = processStats([pid])?.rss ?? Number.NaN;
  const answer = await fetch(`${healthUrl}/metrics?collect=true`);
  const metrics = await answer.text();
  const sample = {
    rssBytes,
    heapBytes: valueOf(metrics, 'nodejs_heap_size_used_bytes'),
    handles: valueOf(metrics, 'nodejs_active_handles_total'),
    files: valueOf(metrics, 'process_open_fds'),
  };
  const missing = Object.entries(sample).find(([, value]) => Number.isNaN(value));
  if (missing) throw new Error(`${healthUrl}/metrics has no ${missing[0]}`);
  return sample;
}
