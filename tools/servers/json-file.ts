import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** What a small JSON file holds; undefined when there is none, or when a crash of the machine cut it off. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    // Cut off: as good as none.
    return undefined;
  }
}

/** Written whole or not at all: a reader never sees half of it. */
export function writeJson(file: string, value: unknown): void {
  const draft = `${file}.${process.pid}`;
  // Addresses may hold passwords.
  writeFileSync(draft, JSON.stringify(value), { mode: 0o600 });
  renameSync(draft, file);
}
