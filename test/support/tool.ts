import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { npmCommand } from '#tools/npm-command.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

/** What a program gets of the environment of the tests: nothing that configures it. */
const INHERITED = ['PATH', 'HOME', 'XDG_CACHE_HOME', 'MONGOD_BIN', 'JAVA_HOME', 'KAFKA_HOME', 'TMPDIR', 'LANG'];

export interface ToolExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Tool {
  child: ChildProcess;
  output(): { stdout: string; stderr: string };
  exited: Promise<ToolExit>;
}

/** Runs what `npm run SCRIPT -- ARGS` runs, in the folder `cwd` (where no `.env` should be). */
export function spawnTool(script: string, args: string[], cwd: string, env: Record<string, string>): Tool {
  const inherited = INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  const child = spawn(process.execPath, [...npmCommand(script), ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said.stderr += chunk));
  const exited = new Promise<ToolExit>((done) => {
    child.once('close', (code, signal) => done({ code, signal, ...said }));
  });
  return { child, output: () => ({ ...said }), exited };
}

/** As `spawnTool`, and waits for its end. */
export const runTool = (script: string, args: string[], cwd: string, env: Record<string, string>): Promise<ToolExit> =>
  spawnTool(script, args, cwd, env).exited;
