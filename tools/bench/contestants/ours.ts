import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Contestant } from '#tools/bench/contestants/contestant.ts';
import { npmCommand } from '#tools/npm-command.ts';

const START_TIMEOUT_MS = 30_000;
/** One client makes all the load. */
export const NO_LIMITS = {
  RATE_LIMIT_READS: '0',
  RATE_LIMIT_WRITES: '0',
  RATE_LIMIT_UPLOADS: '0',
  AUTH_RATE_LIMIT_MAX: '1000000',
};
/** The program stops within 5 s. */
const STOP_TIMEOUT_MS = 7_000;

export interface Started extends Contestant {
  /** From the start of the process until it said that it is ready. */
  readyMs: number;
}

/**
 * Runs what `npm start` runs, in one process, on this database. `profiles`: where to leave a CPU profile, if anywhere;
 * `env`: what else it is told.
 */
export async function startOurs(
  mongoUri: string,
  database: string,
  profiles: string | undefined,
  env: Record<string, string> = {},
): Promise<Started> {
  const flags = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profiles)}`];
  const begin = performance.now();
  const child = spawn(process.execPath, [...flags, ...npmCommand('start')], {
    env: {
      ...process.env,
      MONGO_URI: mongoUri,
      MONGO_DB_NAME: database,
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      ...NO_LIMITS,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let said = '';
  const port = await new Promise<number>((ready, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the program was not ready in time: ${said}`));
    }, START_TIMEOUT_MS);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const found = /http:\/\/127\.0\.0\.1:(\d+)\/api/.exec(said)?.[1];
      if (!found) return;
      clearTimeout(timer);
      ready(Number(found));
    });
    void exited.then(([code]) => reject(new Error(`the program ended (${code}): ${said}`)));
  });
  return {
    name: 'ours',
    port,
    readyMs: performance.now() - begin,
    pids: () => [child.pid!],
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
