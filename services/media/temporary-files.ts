import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files that a died process left are removed at the next start when nothing was written to them for so long, in ms. */
const LEFT_MS = 60 * 60_000;

/** A folder of files that only a request under way knows. */
export class TemporaryFiles {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes the folder, and removes what died processes left in it; others may be using it at the same time. */
  static async open(folder: string): Promise<TemporaryFiles> {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (mtimeMs < Date.now() - LEFT_MS) await rm(path, { force: true });
    }
    return new TemporaryFiles(folder);
  }

  /** Answers what `use` answers; every path that it took by `next` is removed afterwards, if there is a file. */
  async using<T>(use: (next: () => string) => Promise<T>): Promise<T> {
    const taken: string[] = [];
    const next = () => {
      const path = join(this.folder, randomUUID());
      taken.push(path);
      return path;
    };
    try {
      return await use(next);
    } finally {
      await Promise.all(taken.map((path) => rm(path, { force: true })));
    }
  }
}
