import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LIMITS } from '#shared/limits.ts';
import { changedSince } from '#shared/room-log/changes.ts';
import { collectionsOf, ensureIndexes, type Collections } from '#shared/room-log/collections.ts';
import { newestBelow, pageAround, pageOf, type PageQuery } from '#shared/room-log/page.ts';
import { bytesOf } from '#shared/room-log/sizes.ts';
import type { Head, Message } from '#shared/room-log/types.ts';
import { messages, seqsOf, store } from '#test/shared/rooms/samples.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let collections: Collections;
let head: Head;
/** 240 messages of 60 kB: more than three pages full, and more than `latest` reads beyond a window. */
const COUNT = 240;

beforeAll(async () => {
  database = await testDatabase();
  collections = collectionsOf(database.db);
  await ensureIndexes(collections);
  const text = '字'.repeat(LIMITS.text);
  head = await store(
    collections,
    'large',
    messages('large', COUNT, () => ({ text })),
  );
  await store(
    collections,
    'escaped',
    messages('escaped', COUNT, () => ({ text: '\u0001'.repeat(LIMITS.text) })),
  );
});
afterAll(() => database.drop());

const bytesIn = (items: readonly Message[]) => items.reduce((sum, item) => sum + bytesOf(item), 0);

describe('answers with the longest texts (P9)', () => {
  it('pages stay inside 4 MiB and together skip and repeat nothing, by time and by seq', async () => {
    const ways: ((page: { nextBefore: number | null; nextBeforeSeq: number | null }) => PageQuery | null)[] = [
      ({ nextBefore }) => (nextBefore === null ? null : { before: nextBefore }),
      ({ nextBeforeSeq }) => (nextBeforeSeq === null ? null : { beforeSeq: nextBeforeSeq }),
    ];
    for (const next of ways) {
      const seen: number[] = [];
      for (let query: PageQuery | null = {}; query;) {
        const page: Awaited<ReturnType<typeof pageOf>> = await pageOf(collections, head, query, 200);
        expect(bytesIn(page.items)).toBeLessThanOrEqual(LIMITS.windowBytes);
        seen.unshift(...seqsOf(page.items));
        query = next(page);
      }
      expect(seen).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1));
    }
  });

  it('a page around a message keeps that message and its neighbours', async () => {
    const { items, nextBeforeSeq, nextAfterSeq } = await pageAround(collections, head, 75, 150);
    expect(bytesIn(items)).toBeLessThanOrEqual(LIMITS.windowBytes);
    const seqs = seqsOf(items);
    expect(seqs).toContain(75);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => seqs[0]! + index));
    expect([nextBeforeSeq, nextAfterSeq]).toEqual([seqs[0], seqs.at(-1)]);
  });

  it.each([
    ['large', '3 bytes a character in the database and in JSON'],
    ['escaped', '6 bytes a character in JSON alone'],
  ])('what is read beyond a window stays inside 12 MiB, the newest of it: %s, %s', async (room) => {
    const found = await newestBelow(collections, room, 0, COUNT + 1, 500);
    const bytes = found.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0);
    expect(bytes).toBeLessThanOrEqual(LIMITS.beyondWindowBytes);
    expect(bytes).toBeGreaterThan(0.95 * LIMITS.beyondWindowBytes);
    expect(seqsOf(found)).toEqual(Array.from(found, (_, index) => COUNT - index));
    expect(seqsOf(await newestBelow(collections, room, 5, 9, 2))).toEqual([8, 7]);
  });

  it('the changes feed stays inside 4 MiB and goes on where it ended', async () => {
    const seen: number[] = [];
    let position = { rev: 0, seq: 0 };
    for (;;) {
      const { items, rev, seq } = await changedSince(collections, head, position, 500);
      if (items.length === 0) break;
      expect(bytesIn(items)).toBeLessThanOrEqual(LIMITS.windowBytes);
      seen.push(...seqsOf(items));
      position = { rev, seq };
    }
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1));
  });
});
