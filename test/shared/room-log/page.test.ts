import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectionsOf, ensureIndexes, type Collections } from '#shared/room-log/collections.ts';
import { pageAround, pageOf, type PageQuery } from '#shared/room-log/page.ts';
import type { Head } from '#shared/room-log/types.ts';
import { profiled, wasteful } from '#test/shared/rooms/profiled.ts';
import { message, messages, NOON, seqsOf, store } from '#test/shared/rooms/samples.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let collections: Collections;
let head: Head;
const at = (seq: number) => NOON + seq * 1000;

beforeAll(async () => {
  database = await testDatabase();
  collections = collectionsOf(database.db);
  await ensureIndexes(collections);
  head = await store(collections, 'room', messages('room', 1_000));
});
afterAll(() => database.drop());

const page = async (query: PageQuery, limit: number, of = head) => {
  const found = await pageOf(collections, of, query, limit);
  return { ...found, items: seqsOf(found.items) };
};

const walk = async (of: Head, limit: number, next: (last: Awaited<ReturnType<typeof page>>) => PageQuery | null) => {
  const seen: number[] = [];
  let query: PageQuery | null = {};
  for (let turns = 0; query && turns < 2_000; turns += 1) {
    const found: Awaited<ReturnType<typeof page>> = await page(query, limit, of);
    seen.unshift(...found.items);
    query = next(found);
  }
  return seen;
};

const around = async (seq: number, limit: number, of = head) =>
  seqsOf((await pageAround(collections, of, seq, limit)).items);

describe('a page', () => {
  it('holds the newest messages, ascending, when no bound is given', async () => {
    expect(await page({}, 3)).toEqual({
      items: [998, 999, 1_000],
      nextBefore: at(998),
      nextAfter: null,
      nextBeforeSeq: 998,
      nextAfterSeq: null,
    });
  });

  it('ends before `before`, and begins after `after`', async () => {
    expect((await page({ before: at(5) }, 2)).items).toEqual([3, 4]);
    expect((await page({ before: at(5) - 1 }, 2)).items).toEqual([3, 4]);
    expect((await page({ before: at(5) + 1 }, 2)).items).toEqual([4, 5]);
    expect((await page({ after: at(5) }, 2)).items).toEqual([6, 7]);
    expect((await page({ after: at(5) - 1 }, 2)).items).toEqual([5, 6]);
  });

  it('goes by seq alike', async () => {
    expect((await page({ beforeSeq: 5 }, 2)).items).toEqual([3, 4]);
    expect((await page({ afterSeq: 5 }, 2)).items).toEqual([6, 7]);
    expect((await page({ afterSeq: 5, beforeSeq: 9 }, 2)).items).toEqual([7, 8]);
    expect((await page({ after: at(5), before: at(7) }, 50)).items).toEqual([6]);
  });

  it('says null at the ends of the room', async () => {
    expect(await page({ before: at(3) }, 50)).toMatchObject({ items: [1, 2], nextBefore: null, nextAfter: at(2) });
    expect(await page({ after: at(998) }, 50)).toMatchObject({
      items: [999, 1_000],
      nextAfter: null,
      nextBefore: at(999),
    });
    expect(await page({ before: 0 }, 50)).toMatchObject({ items: [], nextBefore: null, nextAfter: null });
    expect(await page({ after: Number.MAX_SAFE_INTEGER }, 50)).toMatchObject({ items: [], nextAfter: null });
  });

  it('shows nothing at or below the floor, nor beyond the head (L13)', async () => {
    const narrow = { ...head, floorSeq: 10, seq: 20 };
    expect(await page({ before: at(13) }, 50, narrow)).toMatchObject({ items: [11, 12], nextBefore: null });
    expect((await page({ before: at(9) }, 50, narrow)).items).toEqual([]);
    expect((await page({ after: at(2) }, 3, narrow)).items).toEqual([11, 12, 13]);
    expect(await page({}, 2, narrow)).toMatchObject({ items: [19, 20], nextAfter: null });
    expect((await page({ after: at(20) }, 50, narrow)).items).toEqual([]);
  });
});

describe('paging', () => {
  const all = Array.from({ length: 1_000 }, (_, index) => index + 1);

  it('neither skips nor repeats a message', async () => {
    expect(await walk(head, 37, ({ nextBefore }) => (nextBefore === null ? null : { before: nextBefore }))).toEqual(
      all,
    );
    expect(
      await walk(head, 200, ({ nextBeforeSeq }) => (nextBeforeSeq === null ? null : { beforeSeq: nextBeforeSeq })),
    ).toEqual(all);
  });

  it('neither skips nor repeats one in an adopted room whose times repeat', async () => {
    // Times in runs: 1 of one kind, then 2, then 3, … and one run longer than any page.
    const times: number[] = [];
    for (let run = 1; times.length < 120; run += 1)
      times.push(...Array.from({ length: run === 8 ? 40 : run % 5 }, () => run));
    const adopted = await store(
      collections,
      'adopted',
      times.map((time, index) => message('adopted', index + 1, { createdAt: NOON + time })),
    );
    const expected = times.map((_, index) => index + 1);
    for (const limit of [1, 2, 3, 7, 50]) {
      const down = await walk(adopted, limit, ({ nextBefore }) =>
        nextBefore === null ? null : { before: nextBefore },
      );
      expect(down).toEqual(expected);
      const bySeq = await walk(adopted, limit, ({ nextBeforeSeq }) =>
        nextBeforeSeq === null ? null : { beforeSeq: nextBeforeSeq },
      );
      expect(bySeq).toEqual(expected);
      const up: number[] = [];
      for (let after: number | null = 0; after !== null;) {
        const found: Awaited<ReturnType<typeof page>> = await page({ after }, limit, adopted);
        up.push(...found.items);
        after = found.nextAfter;
      }
      expect(up).toEqual(expected);
    }
  });
});

describe('the messages around one', () => {
  it('has it in the middle, and fills up at the ends', async () => {
    expect(await around(500, 5)).toEqual([498, 499, 500, 501, 502]);
    expect(await around(500, 4)).toEqual([498, 499, 500, 501]);
    expect(await around(500, 1)).toEqual([500]);
    expect(await around(1, 3)).toEqual([1, 2, 3]);
    expect(await around(1_000, 3)).toEqual([998, 999, 1_000]);
    expect(await around(12, 200, { ...head, floorSeq: 10, seq: 13 })).toEqual([11, 12, 13]);
  });
});

describe('the cost of a page (P9)', () => {
  it('is an index range as long as the page, wherever it lies', async () => {
    const queries: PageQuery[] = [
      {},
      { before: at(500) },
      { after: at(500) },
      { beforeSeq: 500 },
      { afterSeq: 500 },
      { before: 0 },
    ];
    for (const query of queries) {
      const profiles = await profiled(database.db, () => page(query, 10));
      expect(wasteful(profiles)).toEqual([]);
      expect(profiles.length).toBeLessThanOrEqual(2);
      expect(profiles.every(({ keys }) => keys <= 12)).toBe(true);
    }
    const profiles = await profiled(database.db, () => pageAround(collections, head, 500, 10));
    expect(wasteful(profiles)).toEqual([]);
  });
});
