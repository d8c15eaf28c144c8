import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { START_SCRIPT } from '#services/api-gateway/docs/pages.ts';

export interface Asset {
  body: Buffer;
  type: string;
}

const SCRIPT = 'text/javascript; charset=utf-8';

/** The files of the package that the page needs; no other is served. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': SCRIPT,
  'favicon-32x32.png': 'image/png',
};

const folder = () => dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const assets = new Map<string, Promise<Asset>>([
  ['start.js', Promise.resolve({ body: Buffer.from(START_SCRIPT), type: SCRIPT })],
]);

/** A file of the documentation page, read once; null for a name that is none. */
export async function assetOf(name: string): Promise<Asset | null> {
  const type = Object.hasOwn(FILES, name) ? FILES[name]! : undefined;
  let asset = assets.get(name);
  if (!asset && type) {
    asset = readFile(join(folder(), name)).then((body) => ({ body, type }));
    assets.set(name, asset);
  }
  return asset ?? null;
}
