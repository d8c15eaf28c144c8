import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** What an npm script gives to node, flags first; for any working directory. */
export function npmCommand(script: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const words = scripts[script]!.split(' ');
  return words.slice(words.indexOf('node') + 1).map((one) => (one.startsWith('tools/') ? join(ROOT, one) : one));
}
