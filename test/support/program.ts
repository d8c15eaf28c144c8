import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder } from '#tools/mongod/data-folder.ts';
import { ended } from '#tools/mongod/stop.ts';
import { signal } from '#tools/mongod/process-id.ts';
import { npmCommand } from '#tools/npm-command.ts';

/** What the program gets of the environment of the tests: nothing that configures it. */
const INHERITED = ['PATH', 'HOME', 'XDG_CACHE_HOME', 'MONGOD_BIN', 'TMPDIR', 'LANG'];

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface SpawnedProgram {
  pid: number;
  /** Sends a signal to the program alone. */
  kill(name: NodeJS.Signals): void;
  /** Resolves once it is gone. */
  exited: Promise<Exit>;
  /** Resolves with the ready block; rejects, with all output, when it ends before. */
  ready: Promise<string>;
  output(): { stdout: string; stderr: string };
}

export interface RunningProgram extends Omit<SpawnedProgram, 'ready'> {
  /** `http://127.0.0.1:PORT`, without `/api`. */
  url: string;
  readyBlock: string;
}

/**
 * Runs what `npm start` runs, as a child, in an empty folder (so that no `.env` counts) and on a free port unless `env`
 * says otherwise.
 */
export function spawnProgram(env: Record<string, string> = {}): SpawnedProgram {
  const cwd = mkdtempSync(join(tmpdir(), 'truematch-cwd-'));
  const inherited = Object.fromEntries(INHERITED.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : [])));
  const child = spawn(process.execPath, npmCommand('start'), {
    cwd,
    env: { ...inherited, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said.stderr += chunk));
  const exited = new Promise<Exit>((done) => {
    child.once('close', (code, name) => {
      rmSync(cwd, { recursive: true, force: true });
      done({ code, signal: name });
    });
  });
  const ready = new Promise<string>((done, reject) => {
    child.stdout.on('data', () => {
      const block = /^TrueMatch is ready\n[^]*?\n\n/m.exec(said.stdout)?.[0];
      if (block) done(block);
    });
    void exited.then(({ code, signal: name }) =>
      reject(new Error(`the program ended (${code ?? name}):\n${said.stdout}\n${said.stderr}`)),
    );
  });
  // Who only waits for the exit does not look at it.
  ready.catch(() => undefined);
  return { pid: child.pid!, kill: (name) => void child.kill(name), exited, ready, output: () => ({ ...said }) };
}

/** As `spawnProgram`, and waits until it is ready. */
export async function startProgram({ env }: { env: Record<string, string> }): Promise<RunningProgram> {
  const { ready, ...program } = spawnProgram(env);
  const readyBlock = await ready;
  return { ...program, readyBlock, url: /URL +(http:\S+)\/api/.exec(readyBlock)?.[1] ?? '' };
}

export interface TestDataDir {
  path: string;
  /** Pid of the `mongod` noted there; 0 when there is none. */
  mongodPid(): number;
  /** Kills the `mongod` that may have been left behind, and removes all. */
  remove(): Promise<void>;
}

/** A fresh DATA_DIR. */
export function testDataDir(): TestDataDir {
  const path = mkdtempSync(join(tmpdir(), 'truematch-data-'));
  const folder = new DataFolder(path);
  return {
    path,
    mongodPid: () => folder.notes?.pid ?? 0,
    async remove() {
      const { notes } = folder;
      if (notes && signal(notes, 'SIGKILL')) await ended(notes, 5_000);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
