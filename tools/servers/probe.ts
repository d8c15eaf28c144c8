import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Probed } from '#tools/servers/find.ts';

const run = promisify(execFile);

/** Starting a 140 MB binary from a cold disk takes seconds; one that hangs is as good as none. */
const PROBE_TIMEOUT_MS = 20_000;

function reasonOf(error: unknown): string {
  const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
  if (code === 'ENOENT') return 'not found';
  if (code === 'EACCES') return 'may not be executed';
  const said = stderr?.trim().split('\n')[0];
  return `does not run: ${said || message.split('\n')[0]}`;
}

/**
 * Runs `path --version`; `pattern` captures the version in what it says. Throws an Error with one line when it doesn't
 * run or is no `what`.
 */
export async function probeVersion(path: string, pattern: RegExp, what: string): Promise<Probed> {
  let stdout: string;
  try {
    ({ stdout } = await run(path, ['--version'], { timeout: PROBE_TIMEOUT_MS }));
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
  const version = pattern.exec(stdout)?.[1];
  if (!version) throw new Error(`is not ${what}`);
  return { path, version };
}
