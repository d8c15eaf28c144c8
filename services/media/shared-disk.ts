import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '#shared/config.ts';
import type { DiskFolder } from '#services/media/store/disk-folder.ts';
import type { StoresRepository } from '#services/media/stores.repository.ts';

/** How often a process looks whether others came with a disk of their own, in ms. */
const LOOK_MS = 60_000;

interface Log {
  warn(text: string, ...more: unknown[]): void;
  error(text: string, ...more: unknown[]): void;
}

/**
 * Notices media services that keep their files on different disks: what one takes, another does not find. Looks at the
 * start and every minute, until `signal` aborts; each other disk is told of once. Files are served without it, too:
 * it rejects for nothing but a database that is not ours, which ends the process.
 */
export async function watchSharedDisk(
  folder: DiskFolder,
  stores: () => Promise<StoresRepository | null>,
  node: string,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const told = new Set<string>();
  while (!signal.aborted) {
    try {
      const others = (await (await stores())?.tell(await folder.mark(randomUUID()), node)) ?? [];
      for (const { _id: mark, node: other } of others.filter((one) => !told.has(one._id))) {
        told.add(mark);
        log.error(
          `Uploads are on two disks: ${folder.root} is not the one that ${other} uses, so each serves only its own. ` +
            'Let all media services share one volume (MEDIA_DIR), or use Cloudinary.',
        );
      }
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      if (!signal.aborted) log.warn('Could not look whether all media services use one disk', error);
    }
    await sleep(LOOK_MS, undefined, { signal, ref: false }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
