import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { openRooms, type OpenRooms } from '#shared/room-log/open.ts';
import { problemsOfLedger, problemsOfLog, problemsOfProjection } from '#test/chaos/audit.ts';
import { create } from '#test/chaos/commands.ts';
import { actorOf, Ledger } from '#test/chaos/ledger.ts';
import { replay } from '#test/chaos/replay.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { startMongod, type TestMongod } from '#test/support/mongod.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ROOMS = ['failover-0', 'failover-1', 'dm:ann|failover'];

describe('a primary that steps down under load, and is elected again', () => {
  let mongod: TestMongod;
  let database: TestDatabase;
  let rooms: OpenRooms;

  beforeAll(async () => {
    mongod = await startMongod();
    database = await testDatabase(mongod.uri, { retryWrites: false });
    rooms = await openRooms({ db: database.db, logger: quiet });
  });

  afterAll(async () => {
    await rooms.close();
    await database.drop();
    await mongod.stop();
  });

  it('costs time, and nothing acknowledged (L5, L6)', async () => {
    const ledger = new Ledger();
    const actor = actorOf(rooms);
    let count = 0;
    const over = new AbortController();
    const client = async () => {
      while (!over.signal.aborted) {
        const id = count++;
        await ledger.write(actor, ROOMS[id % ROOMS.length]!, create(`m${id}`));
      }
    };
    const load = Promise.all(Array.from({ length: 12 }, client));
    while (ledger.lines.length < 100) await sleep(5);
    const admin = database.client.db('admin');
    const { term } = await admin.command({ replSetGetStatus: 1 });
    await admin.command({ replSetStepDown: 1, secondaryCatchUpPeriodSecs: 0, force: true });
    const before = ledger.lines.length;
    while (ledger.lines.length < before + 200) await sleep(5);
    over.abort();
    await load;
    expect((await admin.command({ replSetGetStatus: 1 })).term).toBeGreaterThan(term);

    // A failover takes less than the eight seconds that each write had.
    expect(ledger.lines.filter(({ answer }) => answer.status !== 'acknowledged')).toEqual([]);
    const collections = collectionsOf(database.db);
    for (const room of ROOMS) {
      const entries = await collections.log.find({ room }).sort({ from: 1 }).toArray();
      const documents = await collections
        .messages(room)
        .find({ room }, { projection: { _id: 0 } })
        .toArray();
      const lines = ledger.lines.filter((line) => line.room === room);
      expect(problemsOfLog(entries)).toEqual([]);
      expect(problemsOfProjection(entries, documents, await rooms.head(room))).toEqual([]);
      expect(problemsOfLedger(lines, replay(entries))).toEqual([]);
    }
  });
});
