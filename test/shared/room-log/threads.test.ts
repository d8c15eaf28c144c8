import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectionsOf, ensureIndexes, type Collections } from '#shared/room-log/collections.ts';
import { type ThreadPlace, threadsOf } from '#shared/room-log/threads.ts';
import { profiled, wasteful } from '#test/shared/rooms/profiled.ts';
import { message, NOON, store } from '#test/shared/rooms/samples.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let collections: Collections;
/** Sixty threads of alice; three of each ten share a time. */
const peers = Array.from({ length: 60 }, (_, index) => `peer${String(index).padStart(2, '0')}`);
const roomOf = (peer: string) => `dm:alice|${peer}`;

beforeAll(async () => {
  database = await testDatabase();
  collections = collectionsOf(database.db);
  await ensureIndexes(collections);
  for (const [index, peer] of peers.entries()) {
    const createdAt = NOON + (index % 10 < 3 ? Math.floor(index / 10) * 10 : index);
    await store(collections, roomOf(peer), [message(roomOf(peer), 1, { createdAt })]);
  }
  await store(collections, 'dm:bob|carol', [message('dm:bob|carol', 1)]);
  await store(collections, 'dm:alice|gone', [message('dm:alice|gone', 1)], {
    floorSeq: 1,
    lastSeq: null,
    listedAt: undefined,
  });
});
afterAll(() => database.drop());

const walk = async (user: string, limit: number) => {
  const seen: { room: string; listedAt: number; last: number | undefined }[] = [];
  for (let place: ThreadPlace | null = null, more = true; more; more = place !== null) {
    const found: Awaited<ReturnType<typeof threadsOf>> = await threadsOf(collections, user, place, limit);
    seen.push(...found.threads.map(({ head, listedAt, last }) => ({ room: head._id, listedAt, last: last?.seq })));
    place = found.next;
  }
  return seen;
};

describe('the threads of a user', () => {
  it('come newest first, with their newest message, and without those of others or of deleted rooms', async () => {
    const threads = await walk('alice', 500);
    expect(threads).toHaveLength(60);
    expect(threads.every(({ last }) => last === 1)).toBe(true);
    const order = threads.map(({ listedAt }) => listedAt);
    expect(order).toEqual(order.toSorted((a, b) => b - a));
    expect((await walk('peer07', 500)).map(({ room }) => room)).toEqual([roomOf('peer07')]);
    expect(await walk('nobody', 500)).toEqual([]);
  });

  it('page without a gap or a repeat, also where times are equal', async () => {
    const all = await walk('alice', 500);
    for (const limit of [1, 2, 7, 59, 60]) expect(await walk('alice', limit)).toEqual(all);
  });

  it('cost a range of heads and a look-up a thread (P9)', async () => {
    const { next } = await threadsOf(collections, 'alice', null, 12);
    for (const place of [null, next]) {
      const profiles = await profiled(database.db, () => threadsOf(collections, 'alice', place, 12));
      expect(profiles.map(({ collection }) => collection)).toEqual(['rooms', 'dm_messages']);
      expect(wasteful(profiles)).toEqual([]);
      expect(profiles.every(({ documents }) => documents <= 14)).toBe(true);
    }
  });
});
