import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Contestant } from '#tools/bench/contestants/contestant.ts';
import { NO_LIMITS } from '#tools/bench/contestants/ours.ts';
import { lastClusterState } from '#tools/cluster/state.ts';

const MAIN = resolve(import.meta.dirname, '../../cluster/main.ts');
const START_TIMEOUT_MS = 90_000;
const READY = /^TrueMatch cluster is ready$/m;

/** Runs what `npm run cluster` runs, one process of each service and no Kafka, on this database. `env`: what else it is told. */
export async function startCluster(
  mongoUri: string,
  database: string,
  env: Record<string, string>,
): Promise<Contestant> {
  const dataDir = mkdtempSync(join(tmpdir(), 'truematch-bench-'));
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      MONGO_URI: mongoUri,
      MONGO_DB_NAME: database,
      KAFKA_ENABLED: 'false',
      DATA_DIR: dataDir,
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
  await new Promise<void>((ready, reject) => {
    const timer = setTimeout(() => reject(new Error(`the cluster was not ready in time: ${said}`)), START_TIMEOUT_MS);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (!READY.test(said)) return;
      clearTimeout(timer);
      ready();
    });
    void exited.then(([code]) => reject(new Error(`the cluster ended (${code}): ${said}`)));
  });
  const processes = () => lastClusterState(dataDir)?.processes ?? [];
  const gateway = processes().find(({ url }) => url !== undefined);
  return {
    name: 'cluster',
    port: Number(new URL(gateway!.url!).port),
    pids: () => processes().flatMap(({ id }) => id?.pid ?? []),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
