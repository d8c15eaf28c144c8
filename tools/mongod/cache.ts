import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's folder for downloaded servers, made if need be: `$XDG_CACHE_HOME/truematch/NAME`, else under `~/.cache`. */
export function cacheFolder(name: string): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'truematch', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
