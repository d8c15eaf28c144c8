import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Which process this is, for good: a pid alone may be another program's after a kill -9 or a reboot. */
export interface ProcessId {
  pid: number;
  /** When it started, as the system tells it; an opaque text. */
  started: string;
}

/** The system's start time of a process, or undefined when there is none of this pid. A zombie counts as none. */
function startedAt(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
    // The name in brackets may hold anything; what follows is: state, ppid, … and the start time as the 20th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Undefined when there is no process of this pid. */
export function identify(pid: number): ProcessId | undefined {
  const started = startedAt(pid);
  return started === undefined ? undefined : { pid, started };
}

/** True while that very process lives. */
export function isAlive({ pid, started }: ProcessId): boolean {
  return startedAt(pid) === started;
}

/** Sends a signal to that very process; false when it is gone. */
export function signal(target: ProcessId, name: NodeJS.Signals): boolean {
  return isAlive(target) && process.kill(target.pid, name);
}
