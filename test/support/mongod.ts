import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findMongod } from '#tools/mongod/find.ts';
import { launch, launchOnFreePort } from '#tools/mongod/launch.ts';
import { isAlive, signal } from '#tools/mongod/process-id.ts';
import { uriOf } from '#tools/mongod/replica-set.ts';
import { stopProcess } from '#tools/mongod/stop.ts';

const STOP_MS = 5_000;

export interface TestMongod {
  uri: string;
  port: number;
  readonly pid: number;
  /** Sends a signal and, for SIGKILL and SIGTERM, resolves once the process is gone. */
  kill(name: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same data and port; resolves once it is a writable primary. Kills one that still runs. */
  restart(): Promise<void>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/**
 * A real one-node replica set in a fresh temporary folder on a free port, found as the program finds it.
 * Rejects, saying what was tried, when no `mongod` can be had.
 */
export async function startMongod(): Promise<TestMongod> {
  const { path: binary } = await findMongod({ mongodBin: process.env.MONGOD_BIN ?? '' });
  const folder = mkdtempSync(join(tmpdir(), 'truematch-mongod-'));
  const files = { database: folder, log: join(folder, 'mongod.log') };
  const started = await launchOnFreePort({ binary, port: 0, ...files }, () => undefined);
  const { port } = started;
  let { id } = started;
  const gone = async () => {
    while (isAlive(id)) await sleep(10);
  };
  const kill = async (name: NodeJS.Signals) => {
    signal(id, name);
    if (name === 'SIGKILL' || name === 'SIGTERM') await gone();
  };
  return {
    uri: uriOf(port),
    port,
    get pid() {
      return id.pid;
    },
    kill,
    async restart() {
      await kill('SIGKILL');
      id = await launch({ binary, port, ...files }, () => undefined);
    },
    async stop() {
      await stopProcess(id, STOP_MS);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
