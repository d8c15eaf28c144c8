import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectionsOf, ensureIndexes, type Collections } from '#shared/room-log/collections.ts';
import { recordingsEverywhere, recordingsIn } from '#shared/room-log/recordings.ts';
import type { Head } from '#shared/room-log/types.ts';
import { profiled, wasteful } from '#test/shared/rooms/profiled.ts';
import { messages, store } from '#test/shared/rooms/samples.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let collections: Collections;
const heads = new Map<string, Head>();
const headsOf = (rooms: readonly string[]) => Promise.resolve(rooms.map((room) => heads.get(room) ?? null));
const voice = { kind: 'audio', audio: { url: 'https://cdn.example.com/a.webm', durationMs: 900 } };

beforeAll(async () => {
  database = await testDatabase();
  collections = collectionsOf(database.db);
  await ensureIndexes(collections);
  for (const room of ['a', 'b', 'void']) {
    const stored = messages(room, 300, (seq) => {
      if (seq % 3 === 0) return voice;
      return seq % 3 === 1 ? { ...voice, usernameLc: 'bob', username: 'Bob' } : {};
    });
    heads.set(room, await store(collections, room, stored, { floorSeq: room === 'void' ? 300 : 0 }));
  }
  await collections.group.updateMany({ room: 'b', seq: { $gt: 150 } }, { $set: { deleted: true } });
  // What an older database left behind, not adopted yet.
  await database.db
    .collection('group_messages')
    .insertOne({ usernameLc: 'alice', kind: 'audio', deleted: false, createdAt: 9e15 });
});
afterAll(() => database.drop());

describe('recordings', () => {
  it('of all rooms come newest first, without deleted ones and those of deleted rooms', async () => {
    const found = await recordingsEverywhere(collections, headsOf, 'alice', 200);
    expect(found).toHaveLength(150);
    expect(
      found.every(
        ({ kind, deleted, usernameLc, room }) =>
          kind === 'audio' && !deleted && usernameLc === 'alice' && room !== 'void',
      ),
    ).toBe(true);
    const order = found.map(({ createdAt }) => createdAt);
    expect(order).toEqual(order.toSorted((a, b) => b - a));
    expect(await recordingsEverywhere(collections, headsOf, 'alice', 7)).toEqual(found.slice(0, 7));
    expect(await recordingsEverywhere(collections, headsOf, 'nobody', 7)).toEqual([]);
  });

  it('of one room keep to its floor and its head (L13)', async () => {
    const head = heads.get('a')!;
    expect((await recordingsIn(collections, head, 'bob', 3)).map(({ seq }) => seq)).toEqual([298, 295, 292]);
    expect(
      (await recordingsIn(collections, { ...head, floorSeq: 290, seq: 297 }, 'bob', 9)).map(({ seq }) => seq),
    ).toEqual([295, 292]);
    expect(await recordingsIn(collections, heads.get('void')!, 'bob', 3)).toEqual([]);
  });

  it('cost what they bring, but for those of deleted rooms until the purge (P9)', async () => {
    const inRoom = await profiled(database.db, () => recordingsIn(collections, heads.get('b')!, 'alice', 20));
    expect(wasteful(inRoom)).toEqual([]);
    await collections.group.deleteMany({ room: 'void' });
    const everywhere = await profiled(database.db, () => recordingsEverywhere(collections, headsOf, 'alice', 20));
    expect(wasteful(everywhere)).toEqual([]);
    expect(everywhere.map(({ returned }) => returned)).toEqual([20]);
  });
});
