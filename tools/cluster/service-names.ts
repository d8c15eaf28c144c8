import { globSync } from 'node:fs';
import { resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

export const GATEWAY = 'api-gateway';

/** Every service that there is: a folder of `services/` with a `*.service.ts`. */
export function serviceNames(): string[] {
  const files = globSync('services/*/*.service.ts', { cwd: ROOT });
  return [...new Set(files.map((file) => file.split(/[\\/]/)[1]!))].sort();
}
