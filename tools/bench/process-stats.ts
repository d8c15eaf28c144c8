import { readFileSync } from 'node:fs';

/** Ticks a second in /proc: part of Linux's interface to programs, the same on every machine. */
const TICKS_PER_SECOND = 100;

export interface ProcessStats {
  /** CPU time so far, in µs. */
  cpuUs: number;
  /** Resident memory in bytes. */
  rss: number;
}

/** What processes have used so far, together; null where there is no /proc. */
export function processStats(pids: readonly number[]): ProcessStats | null {
  const all = pids.map((pid) => statsOf(pid)).filter((one) => one !== null);
  if (all.length < pids.length) return null;
  return all.reduce((a, b) => ({ cpuUs: a.cpuUs + b.cpuUs, rss: a.rss + b.rss }), { cpuUs: 0, rss: 0 });
}

function statsOf(pid: number): ProcessStats | null {
  try {
    // The name, in brackets, may have blanks; after it come state (field 3) to utime and stime (14, 15).
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpuUs: (ticks / TICKS_PER_SECOND) * 1e6, rss: Number(kib) * 1024 };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
