import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { mediaTypeByEnding, type MediaType } from '#services/media/media-types.ts';

/** Name of a stored file: the SHA-256 of its content, and the ending of its type. */
const NAME = /^([0-9a-f]{64})\.([a-z0-9]{2,4})$/;

export interface StoredName {
  name: string;
  hash: string;
  type: MediaType;
}

/** What a name says; null for what names no file of ours. */
export function parseName(name: string): StoredName | null {
  const [, hash, ending] = NAME.exec(name) ?? [];
  const type = mediaTypeByEnding(ending ?? '');
  return hash !== undefined && type ? { name, hash, type } : null;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';

/** Answers false when the file is not there. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return false;
  }
}

/** Files named by their content: the same content is one file, and a file never changes. */
export class DiskFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Folders by the first two digits, so that none has more than a 256th of the files. */
  pathOf({ name, hash }: StoredName): string {
    return join(this.root, hash.slice(0, 2), name);
  }

  /**
   * Moves a file, which is on the same volume, to its name, and answers that. It is on the disk then. A file that is
   * there already counts as new: see `StoredFile.changedAt`.
   */
  async put(path: string, type: MediaType): Promise<string> {
    const hash = await hashOf(path);
    const stored: StoredName = { name: `${hash}.${type.ending}`, hash, type };
    const target = this.pathOf(stored);
    if (await touch(target)) return stored.name;
    await mkdir(dirname(target), { recursive: true });
    await sync(path);
    await rename(path, target);
    await sync(dirname(target));
    return stored.name;
  }

  /** Every stored file, one folder after the other. */
  async *files(): AsyncGenerator<StoredFile> {
    for (let n = 0; n < 256; n++) {
      const folder = join(this.root, n.toString(16).padStart(2, '0'));
      for (const name of await names(folder)) {
        const stored = parseName(name);
        if (!stored) continue;
        const path = this.pathOf(stored);
        const { size, mtimeMs } = await stat(path);
        yield { ...stored, path, bytes: size, changedAt: mtimeMs };
      }
    }
  }

  /**
   * The mark of this folder: whoever uses the same disk reads the same. Made by the first who asks; of several who do so
   * at once one wins.
   */
  async mark(propose: string): Promise<string> {
    const path = join(this.root, '.store-id');
    const draft = `${path}.${propose}`;
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(propose);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await rm(draft);
    return (await readFile(path, 'utf8')).trim();
  }
}

/** A file of the folder. */
export interface StoredFile extends StoredName {
  path: string;
  bytes: number;
  /** When it was last uploaded, epoch ms. */
  changedAt: number;
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return [];
  }
}
