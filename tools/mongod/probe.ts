import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Starting a 140 MB binary from a cold disk takes seconds; one that hangs is as good as none. */
const PROBE_TIMEOUT_MS = 20_000;

/** A `mongod` that runs. `version` such as 8.0.17. */
export interface Probed {
  path: string;
  version: string;
}

/** The part of a version within which data files can be exchanged: 6.0 of 6.0.5. */
export const series = (version: string): string => version.split('.').slice(0, 2).join('.');

function reasonOf(error: unknown): string {
  const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
  if (code === 'ENOENT') return 'not found';
  if (code === 'EACCES') return 'may not be executed';
  const said = stderr?.trim().split('\n')[0];
  return `does not run: ${said || message.split('\n')[0]}`;
}

/** Runs `path --version`. Throws an Error with one line when it doesn't run or is no MongoDB server. */
export async function probe(path: string): Promise<Probed> {
  let stdout: string;
  try {
    ({ stdout } = await run(path, ['--version'], { timeout: PROBE_TIMEOUT_MS }));
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
  const version = /^db version v(\d+\.\d+\.\d+)/m.exec(stdout)?.[1];
  if (!version) throw new Error('is not a MongoDB server');
  return { path, version };
}
