import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { watchSharedDisk } from '#services/media/shared-disk.ts';
import { DiskFolder } from '#services/media/store/disk-folder.ts';
import { StoresRepository } from '#services/media/stores.repository.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

const root = mkdtempSync(join(tmpdir(), 'truematch-disks-'));
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(root, { recursive: true });
});

/** What a service on that folder has to say at its start. */
async function errorsOf(folder: string, node: string): Promise<string[]> {
  mkdirSync(join(root, folder), { recursive: true });
  const errors: string[] = [];
  const stopping = new AbortController();
  const log = { warn: (text: string) => errors.push(text), error: (text: string) => errors.push(text) };
  const stores = new StoresRepository(database.db);
  const watching = watchSharedDisk(new DiskFolder(join(root, folder)), async () => stores, node, log, stopping.signal);
  const told = () => database.db.collection('media_stores').countDocuments({ node });
  for (let n = 0; n < 200 && (await told()) === 0; n++) await sleep(10);
  await sleep(100);
  stopping.abort();
  await watching;
  return errors;
}

it('media services on one disk are silent, and one on another disk says which two there are', async () => {
  expect(await errorsOf('one', 'media-1')).toEqual([]);
  expect(await errorsOf('one', 'media-2')).toEqual([]);
  const [error, ...more] = await errorsOf('two', 'media-3');
  expect(error).toContain(join(root, 'two'));
  expect(error).toContain('media-2');
  expect(more).toEqual([]);
});
