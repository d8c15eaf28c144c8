/** What a process holds, after a forced collection. */
export interface Sample {
  heapBytes: number;
  rssBytes: number;
  /** Sockets, pipes, servers: what libuv counts as handles, timers left out. */
  handles: number;
  /** Open file descriptors, sockets among them. */
  files: number;
}

const valueOf = (metrics: string, name: string): number =>
  Number(new RegExp(`^truematch_${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(metrics)?.[1]);

/** Reads a process's `/metrics`; it has to run with --expose-gc. Throws when a value is missing. */
export async function sampleOf(healthUrl: string): Promise<Sample> {
  const answer = await fetch(`${healthUrl}/metrics?collect=true`);
  const metrics = await answer.text();
  const sample = {
    heapBytes: valueOf(metrics, 'nodejs_heap_size_used_bytes'),
    rssBytes: valueOf(metrics, 'process_resident_memory_bytes'),
    handles: valueOf(metrics, 'nodejs_active_handles_total'),
    files: valueOf(metrics, 'process_open_fds'),
  };
  const missing = Object.entries(sample).find(([, value]) => Number.isNaN(value));
  if (missing) throw new Error(`${healthUrl}/metrics has no ${missing[0]}`);
  return sample;
}
