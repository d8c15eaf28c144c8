import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changedSince } from '#shared/room-log/changes.ts';
import { collectionsOf, ensureIndexes, type Collections } from '#shared/room-log/collections.ts';
import { profiled, wasteful } from '#test/shared/rooms/profiled.ts';
import { messages, store } from '#test/shared/rooms/samples.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let collections: Collections;

beforeAll(async () => {
  database = await testDatabase();
  collections = collectionsOf(database.db);
  await ensureIndexes(collections);
});
afterAll(() => database.drop());

const placesOf = (items: readonly { rev: number; seq: number }[]) => items.map(({ rev, seq }) => [rev, seq]);

describe('the changes since a position', () => {
  it('come by rev, then seq, each message once, with the end of the room as the last position', async () => {
    const head = await store(
      collections,
      'a',
      messages('a', 4, (seq) => ({ rev: [9, 2, 3, 4][seq - 1]! })),
    );
    const found = await changedSince(collections, head, { rev: 0, seq: 0 }, 10);
    expect(placesOf(found.items)).toEqual([
      [2, 2],
      [3, 3],
      [4, 4],
      [9, 1],
    ]);
    expect(found).toMatchObject({ rev: 9, seq: 4, ahead: false });
  });

  it('go on in the middle of a rev that several messages share', async () => {
    const head = await store(
      collections,
      'b',
      messages('b', 20, (seq) => ({ rev: seq % 2 ? 30 : seq })),
    );
    const seen: number[][] = [];
    let position = { rev: 0, seq: 0 };
    for (let turn = 0; turn < 30; turn += 1) {
      const found = await changedSince(collections, head, position, 3);
      seen.push(...placesOf(found.items));
      position = { rev: found.rev, seq: found.seq };
      if (found.items.length === 0) break;
    }
    const even = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20].map((seq) => [seq, seq]);
    const odd = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19].map((seq) => [30, seq]);
    expect(seen).toEqual([...even, ...odd]);
  });

  it('leave out what is newer than the head, and say so', async () => {
    const stored = messages('c', 5, (seq) => (seq === 2 ? { rev: 7 } : {}));
    const head = await store(collections, 'c', stored, { rev: 4, seq: 4 });
    const found = await changedSince(collections, head, { rev: 0, seq: 0 }, 10);
    expect(placesOf(found.items)).toEqual([
      [1, 1],
      [3, 3],
      [4, 4],
    ]);
    expect(found).toMatchObject({ rev: 4, ahead: true });
  });

  it('show nothing of before the room was deleted (L13)', async () => {
    const head = await store(
      collections,
      'd',
      messages('d', 10, (seq) => (seq > 7 ? { rev: seq + 20 } : {})),
      { floorSeq: 7 },
    );
    const found = await changedSince(collections, head, { rev: 0, seq: 0 }, 10);
    expect(placesOf(found.items)).toEqual([
      [28, 8],
      [29, 9],
      [30, 10],
    ]);
    const emptied = { ...head, seq: 7, rev: 21 };
    expect(await changedSince(collections, emptied, { rev: 0, seq: 0 }, 10)).toEqual({
      items: [],
      rev: 21,
      seq: 7,
      ahead: false,
    });
  });

  it('cost what they bring (P9)', async () => {
    const head = await store(
      collections,
      'e',
      messages('e', 1_000, (seq) => ({ rev: seq > 900 ? 2_000 : seq })),
    );
    for (const position of [
      { rev: 0, seq: 0 },
      { rev: 500, seq: 500 },
      { rev: 2_000, seq: 950 },
      { rev: 2_000, seq: 1_000 },
    ]) {
      const profiles = await profiled(database.db, () => changedSince(collections, head, position, 20));
      expect(wasteful(profiles)).toEqual([]);
      expect(profiles).toHaveLength(1);
      expect(profiles[0]!.keys).toBeLessThanOrEqual(25);
    }
  });
});
