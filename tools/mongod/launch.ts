import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastError, rotateLog } from '#tools/mongod/log-tail.ts';
import { accepts, freePort } from '#tools/mongod/port.ts';
import { identify, type ProcessId } from '#tools/mongod/process-id.ts';
import { becomePrimary, replicaSetArguments } from '#tools/mongod/replica-set.ts';

/** After a crash the journal is replayed first; gigabytes of it take a while. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;

/** Exit codes of `mongod` that say what is wrong. */
const EXITS: Record<number, string> = {
  48: 'its port was taken',
  62: 'the data was written by another version of MongoDB',
  100: 'its data is in use by another mongod',
};

/** A `mongod` that ended before it was ready. `code`: its exit code, or null after a signal. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
  readonly code: number | null;

  constructor(reason: string, code: number | null) {
    super(reason);
    this.code = code;
  }
}

const PORT_TAKEN = 48;
const PORT_ATTEMPTS = 5;

export interface Launch {
  binary: string;
  port: number;
  /** dbpath and log file. */
  database: string;
  log: string;
}

function argumentsOf({ port, database, log }: Launch): string[] {
  return [
    ...replicaSetArguments,
    `--dbpath=${database}`,
    `--port=${port}`,
    '--bind_ip=127.0.0.1',
    `--logpath=${log}`,
    '--logappend',
    '--quiet',
    '--nounixsocket',
    // Several may run on one small machine; the file system's cache holds the rest.
    '--wiredTigerCacheSizeGB=0.5',
    // MB: a week of a small installation; the default is 5 % of the disk.
    '--oplogSize=1024',
    // A single node has nobody to hand over to: the default is to wait for 15 s.
    '--setParameter=shutdownTimeoutMillisForSignaledShutdown=100',
    '--setParameter=diagnosticDataCollectionEnabled=false',
  ];
}

/** Rejects when the process ends, or could not be started, saying why. */
function endOf(child: ChildProcess, log: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    child.once('error', (error) => reject(new LaunchError(`mongod did not start: ${error.message}`, null)));
    child.once('exit', (code, signal) => {
      const reason = code === null ? `it was ended by ${signal}` : (EXITS[code] ?? lastError(log));
      reject(new LaunchError(`mongod did not start: ${reason ?? `exit code ${code}`} (log: ${log})`, code));
    });
  });
}

async function ready({ port, database }: Launch, signal: AbortSignal): Promise<void> {
  while (!(await accepts(port))) {
    signal.throwIfAborted();
    await sleep(POLL_MS);
  }
  await becomePrimary({ port, database, signal });
}

/**
 * Starts a `mongod` and resolves once it is a writable primary. It runs in a process group of its own, so that Ctrl-C
 * in a terminal reaches only the program, which drains before it stops the database.
 * `noted` is called as soon as the process exists. Throws LaunchError when it ends before it is ready.
 */
export async function launch(options: Launch, noted: (id: ProcessId) => void): Promise<ProcessId> {
  rotateLog(options.log);
  const child = spawn(options.binary, argumentsOf(options), { detached: true, stdio: 'ignore' });
  // It must not keep a process alive that is otherwise done.
  child.unref();
  const id = child.pid === undefined ? undefined : identify(child.pid);
  if (id) noted(id);
  const over = new AbortController();
  const ending = endOf(child, options.log);
  try {
    const deadline = AbortSignal.any([over.signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
    await Promise.race([ending, ready(options, deadline)]);
  } finally {
    over.abort();
  }
  if (!id) throw new LaunchError('mongod did not start', null);
  return id;
}

/**
 * As `launch`, on `port` if it is free, else on a free one; another program may take that in between, hence a few
 * attempts.
 */
export async function launchOnFreePort(
  options: Launch,
  noted: (id: ProcessId, port: number) => void,
): Promise<{ id: ProcessId; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? options.port : 0);
    try {
      return { id: await launch({ ...options, port }, (id) => noted(id, port)), port };
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !(error instanceof LaunchError && error.code === PORT_TAKEN)) throw error;
    }
  }
}
