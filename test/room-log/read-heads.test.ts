import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Collection,
  type Document,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { readHeads } from '#shared/room-log/read-heads.ts';
import type { Head } from '#shared/room-log/types.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { headOf, messages } from '#test/shared/rooms/samples.ts';

let database: TestDatabase;
let heads: Collection<Head>;
const STORED = ['a', 'b', 'dm:x|y'].map((room, index) => headOf(room, messages(room, index + 1)));

beforeAll(async () => {
  database = await testDatabase();
  ({ heads } = collectionsOf(database.db));
  await heads.insertMany(STORED);
});

afterAll(() => database.drop());

/** The collection, of a database whose first `times` commands fail so. */
function failing(reason: Error, times: number): Collection<Head> {
  let left = times;
  const command = (asked: Document) => (left-- > 0 ? Promise.reject(reason) : database.db.command(asked));
  return Object.create(heads, { db: { value: { command } } }) as Collection<Head>;
}

const byId = (found: Head[]) => found.sort((one, other) => (one._id < other._id ? -1 : 1));

describe('the query for heads', () => {
  it('answers the heads that there are, of one room and of many', async () => {
    expect(await readHeads(heads, ['b'])).toEqual([STORED[1]]);
    expect(await readHeads(heads, ['nobody'])).toEqual([]);
    const many = Array.from({ length: 997 }, (_, n) => `none-${n}`);
    expect(byId(await readHeads(heads, ['a', 'dm:x|y', ...many, 'b']))).toEqual(STORED);
  });

  it('brings a thousand heads at once', async () => {
    const rooms = Array.from({ length: 1_000 }, (_, n) => `room-${n}`);
    await heads.insertMany(rooms.map((room) => headOf(room, messages(room, 1))));
    expect(await readHeads(heads, rooms)).toHaveLength(1_000);
  });

  it('is made once more when a connection or a primary was lost, as the driver does for cursors', async () => {
    const stepped = new MongoServerError({ message: 'not primary', code: 10_107 });
    for (const reason of [new MongoNetworkError('reset'), stepped]) {
      expect(byId(await readHeads(failing(reason, 1), ['a', 'b', 'dm:x|y']))).toEqual(STORED);
      await expect(readHeads(failing(reason, 2), ['a'])).rejects.toBe(reason);
    }
  });

  it('fails at once with what else goes wrong, and when no server or connection was to be had in time', async () => {
    const selection = new MongoServerSelectionError('no primary', {} as never);
    const queue = Object.defineProperty(new MongoError('no connection'), 'name', {
      value: 'MongoWaitQueueTimeoutError',
    });
    for (const reason of [selection, queue, new MongoServerError({ message: 'bad', code: 2 }), new TypeError('a bug')])
      await expect(readHeads(failing(reason, 1), ['a'])).rejects.toBe(reason);
  });
});
