import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectionsOf, ensureIndexes, type Collections } from '#shared/room-log/collections.ts';
import {
  isVisible,
  messageById,
  messageByTimestamp,
  quotesAcross,
  quotesOf,
  repliesAmong,
} from '#shared/room-log/lookups.ts';
import { isoOf } from '#shared/room-log/times.ts';
import type { Head } from '#shared/room-log/types.ts';
import { profiled, wasteful } from '#test/shared/rooms/profiled.ts';
import { message, messages, NOON, store } from '#test/shared/rooms/samples.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
let collections: Collections;
let head: Head;
const reply = (seq: number, messageId?: string) => message('room', seq, { replyTo: { messageId, text: 'sent' } });

beforeAll(async () => {
  database = await testDatabase();
  collections = collectionsOf(database.db);
  await ensureIndexes(collections);
  const stored = messages('room', 100, (seq) =>
    seq % 10 === 0 ? { replyTo: { messageId: `m${seq - 1}`, text: '' } } : {},
  );
  head = await store(collections, 'room', stored);
});
afterAll(() => database.drop());

describe('a message', () => {
  it('is found by its id, without the _id of its document', async () => {
    expect(await messageById(collections, 'room', 'm7')).toEqual(message('room', 7));
    expect(await messageById(collections, 'room', 'm777')).toBeNull();
    expect(await messageById(collections, 'other', 'm7')).toBeNull();
  });

  it('is visible above the floor and up to the head (L13)', () => {
    const narrow = { ...head, floorSeq: 5, seq: 8 };
    expect([5, 6, 8, 9].map((seq) => isVisible(narrow, message('room', seq)))).toEqual([false, true, true, false]);
    expect(isVisible(null, message('room', 6))).toBe(false);
    expect(isVisible(narrow, null)).toBe(false);
  });

  it('is found by its timestamp: of several the newest that may be seen (L11)', async () => {
    const adopted = await store(
      collections,
      'twins',
      messages('twins', 6, (seq) => ({ createdAt: NOON + Math.floor(seq / 3) })),
    );
    const find = async (of: Head, time: number) => (await messageByTimestamp(collections, of, isoOf(time)))?.seq;
    expect(await find(adopted, NOON)).toBe(2);
    expect(await find(adopted, NOON + 1)).toBe(5);
    expect(await find({ ...adopted, seq: 4 }, NOON + 1)).toBe(4);
    expect(await find({ ...adopted, floorSeq: 5 }, NOON + 1)).toBeUndefined();
    expect(await find(adopted, NOON + 9)).toBeUndefined();
  });
});

describe('the targets of replies (L12)', () => {
  it('are read once for all, those among the messages and those already known left out', async () => {
    const known = message('room', 4);
    const asked = [reply(90, 'm3'), reply(91, 'm90'), reply(92, 'm4'), reply(93, 'm3'), reply(94, 'nobody'), reply(95)];
    const read = () => quotesOf(collections, head, asked, (id) => (id === 'm4' ? known : undefined));
    const quotes = await read();
    expect([...quotes.keys()]).toEqual(['m3', 'm4', 'nobody']);
    expect(quotes.get('m3')).toMatchObject({ messageId: 'm3', text: 'text 3', username: 'Alice', deleted: false });
    expect(quotes.get('m4')).toBe(known);
    expect(quotes.get('nobody')).toBeNull();
    const profiles = await profiled(database.db, read);
    expect(profiles).toHaveLength(1);
    expect(wasteful(profiles)).toEqual([]);
  });

  it('are not asked for when there are none', async () => {
    expect(await profiled(database.db, () => quotesOf(collections, head, [message('room', 1), reply(2)]))).toEqual([]);
  });

  it('are unknown below the floor (L13)', async () => {
    const quotes = await quotesOf(collections, { ...head, floorSeq: 3 }, [reply(90, 'm3')]);
    expect(quotes.get('m3')).toBeNull();
  });

  it('of several rooms never come from another room', async () => {
    const rooms = ['dm:a|b', 'dm:a|c'];
    const heads = new Map<string, Head>();
    for (const room of rooms) heads.set(room, await store(collections, room, [message(room, 1, { text: room })]));
    const replies = rooms.map((room) => message(room, 2, { replyTo: { messageId: 'm1', text: '' } }));
    const quoted = await quotesAcross(collections.dm, heads, replies);
    expect(replies.map((one) => quoted(one)?.text)).toEqual(rooms);
    expect(quoted(message('dm:a|b', 3))).toBeUndefined();
    expect(quoted(message('dm:x|y', 2, { replyTo: { messageId: 'm1', text: '' } }))).toBeNull();
  });
});

describe('the cost of a look-up (P9)', () => {
  it('is one document', async () => {
    for (const run of [
      () => messageById(collections, 'room', 'm50'),
      () => messageByTimestamp(collections, head, isoOf(NOON + 50_000)),
      () => messageByTimestamp(collections, head, 'never'),
      () => repliesAmong(collections, head, 30),
    ]) {
      const profiles = await profiled(database.db, run);
      expect(profiles).toHaveLength(1);
      expect(wasteful(profiles)).toEqual([]);
    }
  });

  it('of counting replies is the newest messages that were asked for', async () => {
    expect(await repliesAmong(collections, head, 30)).toBe(3);
    expect(await repliesAmong(collections, { ...head, floorSeq: 95 }, 1_000)).toBe(1);
  });
});
