import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectionsOf, ensureIndexes, type Collections } from '#shared/room-log/collections.ts';
import { newestPreviewable } from '#shared/room-log/previews.ts';
import type { Head } from '#shared/room-log/types.ts';
import { profiled, wasteful } from '#test/shared/rooms/profiled.ts';
import { message, messages, store } from '#test/shared/rooms/samples.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let collections: Collections;

beforeAll(async () => {
  database = await testDatabase();
  collections = collectionsOf(database.db);
  await ensureIndexes(collections);
});
afterAll(() => database.drop());

const system = { previewable: undefined };
const hidden = { ...system, deleted: true, text: '' };

describe('the newest messages of rooms', () => {
  it('are what the heads name, found by one query however many rooms', async () => {
    const heads: Head[] = [];
    for (let room = 0; room < 200; room += 1)
      heads.push(
        await store(
          collections,
          `r${room}`,
          messages(`r${room}`, 5, (seq) => (seq > 3 ? system : {})),
        ),
      );
    const profiles = await profiled(database.db, async () => {
      const found = await newestPreviewable(collections, heads);
      expect(found.size).toBe(200);
      expect([...found.values()].every(({ seq }) => seq === 3)).toBe(true);
    });
    expect(profiles).toHaveLength(1);
    expect(wasteful(profiles)).toEqual([]);
  });

  it('are not asked for where there are none', async () => {
    const empty = await store(
      collections,
      'empty',
      messages('empty', 2, () => system),
    );
    expect(await profiled(database.db, () => newestPreviewable(collections, [empty]))).toEqual([]);
  });

  it('are never one that was deleted while its head still names it: the one before it shows', async () => {
    const stored = [...messages('race', 3), message('race', 4, hidden)];
    const head = await store(collections, 'race', stored, { previewSeq: 4 });
    expect((await newestPreviewable(collections, [head])).get('race')?.seq).toBe(3);
    const emptied = { ...head, floorSeq: 3 };
    expect((await newestPreviewable(collections, [emptied])).has('race')).toBe(false);
    const profiles = await profiled(database.db, () => newestPreviewable(collections, [head]));
    expect(wasteful(profiles)).toEqual([]);
  });
});
