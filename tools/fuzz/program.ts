import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const START = resolve(import.meta.dirname, '../start/start.ts');
const START_TIMEOUT_MS = 60_000;

/** Nothing that counts requests may come between. */
const WITHOUT_LIMITS = {
  RATE_LIMIT_READS: '0',
  RATE_LIMIT_WRITES: '0',
  RATE_LIMIT_UPLOADS: '0',
  AUTH_RATE_LIMIT_MAX: '1000000',
};

export interface FuzzedProgram {
  url: string;
  /** Ends it; resolves once it is gone. */
  stop(): Promise<void>;
}

/** Runs what `npm start` runs, on a free port and with a database of its own in DATA_DIR, without limits of requests. */
export async function startProgram(env: Record<string, string>): Promise<FuzzedProgram> {
  const child = spawn(process.execPath, [START], {
    env: { ...process.env, MONGO_URI: '', PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'error', ...WITHOUT_LIMITS, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let said = '';
  const url = await new Promise<string>((ready, reject) => {
    const timer = setTimeout(() => reject(new Error(`the program was not ready in time: ${said}`)), START_TIMEOUT_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /(http:\/\/127\.0\.0\.1:\d+)\/api/.exec(said)?.[1];
      if (!found) return;
      clearTimeout(timer);
      ready(found);
    });
    void exited.then(([code]) => reject(new Error(`the program ended (${code}): ${said}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
