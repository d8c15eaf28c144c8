import { spawn, type ChildProcess } from 'node:child_process';
import { identify, type ProcessId } from '#tools/mongod/process-id.ts';

/** After a crash a journal is replayed first; gigabytes of it take a while. */
const START_TIMEOUT_MS = 60_000;

/** A server that ended before it was ready. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
  /** Its exit code, or null after a signal. */
  readonly code: number | null;

  constructor(reason: string, code: number | null) {
    super(reason);
    this.code = code;
  }
}

export interface Launch {
  /** For people: `mongod`. */
  name: string;
  binary: string;
  args: string[];
  /** Its log file, which it writes itself. */
  log: string;
  /** Resolves once it serves; rejects when `signal` aborts. */
  ready: (signal: AbortSignal) => Promise<void>;
  /** What its exit code, or its log, says about an early end; one line. */
  reason: (code: number) => string | undefined;
}

/** Rejects when the process ends, or could not be started, saying why. */
function endOf(child: ChildProcess, { name, log, reason }: Launch): Promise<never> {
  return new Promise((_resolve, reject) => {
    child.once('error', (error) => reject(new LaunchError(`${name} did not start: ${error.message}`, null)));
    child.once('exit', (code, signal) => {
      const why = code === null ? `it was ended by ${signal}` : (reason(code) ?? `exit code ${code}`);
      reject(new LaunchError(`${name} did not start: ${why} (log: ${log})`, code));
    });
  });
}

/**
 * Starts a server and resolves once it serves. It runs in a process group of its own, so that Ctrl-C in a terminal
 * reaches only the program, which drains before it stops its servers. `noted` is called as soon as the process exists.
 * Throws LaunchError when it ends before it is ready.
 */
export async function launchServer(options: Launch, noted: (id: ProcessId) => void): Promise<ProcessId> {
  const child = spawn(options.binary, options.args, { detached: true, stdio: 'ignore' });
  // It must not keep a process alive that is otherwise done.
  child.unref();
  const id = child.pid === undefined ? undefined : identify(child.pid);
  if (id) noted(id);
  const over = new AbortController();
  const ending = endOf(child, options);
  try {
    const deadline = AbortSignal.any([over.signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
    await Promise.race([ending, options.ready(deadline)]);
  } finally {
    over.abort();
  }
  if (!id) throw new LaunchError(`${options.name} did not start`, null);
  return id;
}
