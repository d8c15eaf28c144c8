import { existsSync, renameSync, statSync } from 'node:fs';
import { lastLines } from '#tools/servers/file-tail.ts';

const TAIL_BYTES = 64 * 1024;
const ROTATE_BYTES = 16 * 1024 * 1024;

/** Keeps one older log, so that the log of a long-lived data folder stays small. Call while no `mongod` writes it. */
export function rotateLog(file: string): void {
  if (existsSync(file) && statSync(file).size > ROTATE_BYTES) renameSync(file, `${file}.1`);
}

interface Line {
  s?: string;
  msg?: string;
  attr?: { error?: unknown };
}

function parse(text: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    // The first line of the tail is usually cut.
    return {};
  }
}

/** The last error or fatal line of a `mongod` log, as one line for people; undefined when there is none. */
export function lastError(file: string): string | undefined {
  const lines = lastLines(file, TAIL_BYTES).map(parse);
  const last = lines.findLast((line) => (line.s === 'E' || line.s === 'F') && line.attr?.error !== undefined);
  if (!last) return undefined;
  const { error } = last.attr!;
  return `${last.msg}: ${typeof error === 'string' ? error : JSON.stringify(error)}`.slice(0, 300);
}
