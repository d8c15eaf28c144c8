import { rm, stat } from 'node:fs/promises';
import type { Db } from 'mongodb';
import type { DiskFolder } from '#services/media/store/disk-folder.ts';
import { eachNamedHash } from '#tools/media/named-files.ts';

/** Between an upload and the message or profile that names it there is less than that, in ms. */
export const SPARED_MS = 24 * 3_600_000;

export interface Garbage {
  files: number;
  bytes: number;
}

export interface GarbageOptions {
  /** Only counts. */
  dryRun: boolean;
  /** Files uploaded after it stay, epoch ms. */
  before: number;
  report: (name: string) => void;
}

/**
 * Removes the files that no document names, while the cluster serves. What is to be removed is settled before the
 * documents are read, and a file that was uploaded again meanwhile stays.
 */
export async function collectGarbage(
  folder: DiskFolder,
  db: Db,
  { dryRun, before, report }: GarbageOptions,
): Promise<Garbage> {
  const old = new Map<string, { path: string; name: string; bytes: number }[]>();
  for await (const { hash, path, name, bytes, changedAt } of folder.files())
    if (changedAt < before) old.set(hash, [...(old.get(hash) ?? []), { path, name, bytes }]);
  await eachNamedHash(db, (hash) => old.delete(hash));
  const garbage: Garbage = { files: 0, bytes: 0 };
  for (const { path, name, bytes } of [...old.values()].flat()) {
    if ((await stat(path)).mtimeMs >= before) continue;
    if (!dryRun) await rm(path);
    report(name);
    garbage.files++;
    garbage.bytes += bytes;
  }
  return garbage;
}
