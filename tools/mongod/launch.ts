import { setTimeout as sleep } from 'node:timers/promises';
import { lastError, rotateLog } from '#tools/mongod/log-tail.ts';
import { accepts, freePort } from '#tools/mongod/port.ts';
import type { ProcessId } from '#tools/mongod/process-id.ts';
import { becomePrimary, replicaSetArguments } from '#tools/mongod/replica-set.ts';
import { LaunchError, launchServer } from '#tools/servers/launch.ts';

const POLL_MS = 20;

/** Exit codes of `mongod` that say what is wrong. */
const EXITS: Record<number, string> = {
  48: 'its port was taken',
  62: 'the data was written by another version of MongoDB',
  100: 'its data is in use by another mongod',
};

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

async function ready({ port, database }: Launch, signal: AbortSignal): Promise<void> {
  while (!(await accepts(port))) {
    signal.throwIfAborted();
    await sleep(POLL_MS);
  }
  await becomePrimary({ port, database, signal });
}

/**
 * Starts a `mongod` and resolves once it is a writable primary. `noted` is called as soon as the process exists.
 * Throws LaunchError when it ends before it is ready.
 */
export async function launch(options: Launch, noted: (id: ProcessId) => void): Promise<ProcessId> {
  const { binary, log } = options;
  rotateLog(log);
  const args = argumentsOf(options);
  const reason = (code: number) => EXITS[code] ?? lastError(log);
  return launchServer({ name: 'mongod', binary, args, log, reason, ready: (signal) => ready(options, signal) }, noted);
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
