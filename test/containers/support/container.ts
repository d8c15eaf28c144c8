import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImage } from '#test/containers/support/image.ts';
import { ROOT } from '#test/support/tool.ts';

export interface ContainerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

export interface RunningContainer {
  kill(name: NodeJS.Signals): void;
  exited: Promise<ContainerExit>;
}

const image = readImage();

/** A folder with what the image has, and no more. */
export function imageFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'truematch-image-'));
  for (const source of image.copied) cpSync(join(ROOT, source), join(path, source), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A command of the image: its Node is the one that the tests run on. */
const locally = ([program, ...args]: readonly string[]): [string, string[]] => [
  program === 'node' ? process.execPath : program!,
  args,
];

/**
 * Runs what a container of the image would run, as a process: its command, and no environment but the image's and
 * `env`.
 */
export function runContainer(folder: string, args: string[], env: Record<string, string>): RunningContainer {
  const [program, rest] = locally([...image.entrypoint, ...args]);
  const child = spawn(program, rest, { cwd: folder, env: { ...image.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const exited = new Promise<ContainerExit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, output }));
  });
  return { kill: (name) => void child.kill(name), exited };
}

/** Runs the image's health check once; resolves with its exit code. */
export function checkHealth(env: Record<string, string>): Promise<number | null> {
  const [program, args] = locally(image.healthcheck);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
