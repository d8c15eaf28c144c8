import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** The lines at the end of a text file, of at most `bytes`; the first is usually cut. Empty when there is no file. */
export function lastLines(file: string, bytes: number): string[] {
  if (!existsSync(file)) return [];
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trim().split('\n');
  } finally {
    closeSync(descriptor);
  }
}
