import { execFile, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '#tools/mongod/cache.ts';

const VERSION = '4.32.0';
const SETTINGS = resolve(import.meta.dirname, 'schemathesis.toml');

/** Longer than it is told to take, in ms: it reads the description first and reports in the end. */
const GRACE_MS = 60_000;

const run = promisify(execFile);

/** Schemathesis, in a folder of its own in the user's cache, fetched from PyPI if need be. Throws without Python 3.10 or newer. */
async function findSchemathesis(): Promise<string> {
  const folder = join(cacheFolder('fuzz'), `schemathesis-${VERSION}`);
  const program = join(folder, 'bin', 'schemathesis');
  if (existsSync(program)) return program;
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `schemathesis==${VERSION}`,
    ]);
  } catch (error) {
    // Half of it would be taken for all of it the next time.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return program;
}

export interface FuzzOptions {
  /** Of the program, without `/api`. */
  url: string;
  seconds: number;
  /** The same seed makes the same requests. */
  seed?: number;
  /** Where it says how it goes; without it only the result is told. */
  output?: NodeJS.WritableStream;
}

/** Asks everything of the API's description, with what it allows and what it does not. `ok`: nothing was found. */
export async function fuzz({ url, seconds, seed, output }: FuzzOptions): Promise<{ ok: boolean; report: string }> {
  const program = await findSchemathesis();
  const args = [
    `--config-file=${SETTINGS}`,
    'run',
    `${url}/api/openapi.json`,
    `--url=${url}`,
    '--checks=all',
    '--phases=examples,coverage,fuzzing',
    `--max-time=${seconds}`,
    '--continue-on-failure',
    '--no-shrink',
    // Long polling waits for 25 s.
    '--request-timeout=40',
    '--max-response-time=30',
    '--warnings=off',
    '--output-sanitize=true',
    ...(seed === undefined ? [] : [`--seed=${seed}`]),
  ];
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: seconds * 1_000 + GRACE_MS,
    // It keeps what it found for the next run.
    cwd: cacheFolder('fuzz'),
  });
  let report = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      report += text;
      output?.write(text);
    });
  const code = await new Promise<number | null>((done, reject) => {
    child.once('error', reject);
    child.once('close', done);
  });
  return { ok: code === 0, report };
}
