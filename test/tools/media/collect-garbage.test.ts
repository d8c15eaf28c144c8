import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mediaTypeOf } from '#services/media/media-types.ts';
import { DiskFolder, parseName } from '#services/media/store/disk-folder.ts';
import { collectGarbage, SPARED_MS } from '#tools/media/collect-garbage.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
const root = mkdtempSync(join(tmpdir(), 'truematch-media-'));
const folder = new DiskFolder(root);

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(root, { recursive: true });
});

const pathOf = (name: string): string => folder.pathOf(parseName(name)!);

/** A stored file that was uploaded `age` ms ago. */
async function stored(text: string, age: number): Promise<string> {
  const path = join(root, text);
  writeFileSync(path, text);
  const name = await folder.put(path, mediaTypeOf('image/png')!);
  const at = (Date.now() - age) / 1_000;
  utimesSync(pathOf(name), at, at);
  return name;
}

const collect = async (dryRun: boolean) => {
  const names: string[] = [];
  const options = { dryRun, before: Date.now() - SPARED_MS, report: (name: string) => names.push(name) };
  return { ...(await collectGarbage(folder, database.db, options)), names };
};

it('goes for files older than a day that no document names, wherever it may name them', async () => {
  const left = await stored('left', SPARED_MS + 60_000);
  const young = await stored('young', SPARED_MS - 60_000);
  const again = await stored('again', SPARED_MS + 60_000);
  await stored('again', 0);
  const named = await Promise.all(['a', 'b', 'c'].map((text) => stored(text, SPARED_MS * 30)));
  const { db } = database;
  await db.collection('profiles').insertOne({ avatarUrl: `https://x.example/media/${named[0]}`, at: new Date() });
  await db.collection('group_messages').insertOne({ text: 'x', media: { more: [{ original: `/media/${named[1]}` }] } });
  await db.collection('of_tomorrow').insertOne({ [named[2]!.replace('.png', '')]: 1 });

  const found = { files: 1, bytes: 4, names: [left] };
  expect(await collect(true)).toEqual(found);
  expect(existsSync(pathOf(left))).toBe(true);
  expect(await collect(false)).toEqual(found);
  expect(existsSync(pathOf(left))).toBe(false);
  expect(await collect(false)).toEqual({ files: 0, bytes: 0, names: [] });
  for (const name of [young, again, ...named]) expect(existsSync(pathOf(name))).toBe(true);
});

it('names files by their content, and one that is stored twice is one', async () => {
  const [first, second] = [await stored('same', 0), await stored('same', 0)];
  expect(first).toBe(`${createHash('sha256').update('same').digest('hex')}.png`);
  expect(second).toBe(first);
  expect(readdirSync(join(root, first.slice(0, 2))).filter((name) => name === first)).toHaveLength(1);
});
