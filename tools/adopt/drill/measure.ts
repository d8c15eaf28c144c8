import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { processStats } from '#tools/bench/process-stats.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SAMPLE_MS = 250;

export interface Measured {
  seconds: number;
  /** What took longest, in the order of the work. */
  stages: { name: string; ms: number; count: number }[];
  /** The most resident memory in each third of the time, in bytes. */
  memory: { part: string; rss: number }[];
}

/** A stage is told when it is over: `number messages: 100 of 100, 5/s, done`. */
const OVER = /^(.+): (\d+) of \d+, .*done$/;
/** Shorter ones are not worth a row. */
const ROW_MS = 1_000;

/** Runs `npm run adopt` in place in a process of its own, in `cwd`. Rejects, with what it said, when it fails. */
export async function measureRun(uri: string, cwd: string): Promise<Measured> {
  const began = performance.now();
  const program = [resolve(ROOT, 'tools/run.mjs'), resolve(ROOT, 'tools/adopt/main.ts')];
  const child = spawn(process.execPath, [...program, '--from', uri, '--quiet-seconds', '1'], {
    cwd,
    env: { ...process.env, PUBLIC_URL: 'https://chat.example', DATA_DIR: cwd },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const samples: number[] = [];
  const sampling = setInterval(() => {
    const stats = processStats([child.pid!]);
    if (stats) samples.push(stats.rss);
  }, SAMPLE_MS);
  const stages: Measured['stages'] = [];
  const said: string[] = [];
  let since = performance.now();
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    process.stderr.write(`${line}\n`);
    const [, name, count] = OVER.exec(line) ?? [];
    if (name === undefined) return;
    stages.push({ name, ms: performance.now() - since, count: Number(count) });
    since = performance.now();
  });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  clearInterval(sampling);
  if (code !== 0) throw new Error(`the adoption ended with ${code}:\n${said.join('\n')}`);
  const third = Math.ceil(samples.length / 3);
  const memory = ['first third', 'second third', 'last third'].map((part, n) => ({
    part,
    rss: Math.max(0, ...samples.slice(n * third, (n + 1) * third)),
  }));
  const seconds = (performance.now() - began) / 1_000;
  return { seconds, stages: stages.filter(({ ms }) => ms >= ROW_MS), memory };
}
