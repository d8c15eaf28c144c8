import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBroker } from 'moleculer';
import { MongoBulkWriteError, MongoError } from 'mongodb';
import { brokerOptions } from '#shared/broker.ts';
import { isFault } from '#shared/errors.ts';
import { MIB } from '#shared/limits.ts';
import { createClient } from '#shared/mongo.ts';
import { databaseFault, isUnavailable } from '#shared/mongo-faults.ts';
import { isUnsettled } from '#shared/room-log/outcome.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { startMongod, type TestMongod } from '#test/support/mongod.ts';
import { startProxy } from '#test/support/proxy.ts';

jest.setTimeout(60_000);

let database: TestDatabase;
let mongod: TestMongod;

beforeAll(async () => {
  database = await testDatabase();
  mongod = await startMongod();
});

afterAll(async () => {
  await mongod.stop();
  await database.drop();
});

const failed = async (attempt: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await attempt();
  } catch (error) {
    return error;
  }
};

describe('databaseFault', () => {
  it('leaves errors that name a document, and errors that are none of the driver, as they are', async () => {
    const things = database.db.collection<{ _id: number }>('things');
    await things.insertOne({ _id: 1 });
    const one = await failed(() => things.insertOne({ _id: 1 }));
    const many = await failed(() => things.insertMany([{ _id: 1 }, { _id: 2 }], { ordered: false }));
    const bulk = await failed(() => things.bulkWrite([{ insertOne: { document: { _id: 1 } } }]));
    const plain = new Error('ours');
    for (const error of [one, many, bulk, plain]) {
      expect(error).toBeInstanceOf(Error);
      expect(databaseFault(error)).toBe(error);
    }
  });

  it('turns a refused connection into database_unavailable with its cause, single or bulk', async () => {
    const config = database.config({
      MONGO_URI: 'mongodb://127.0.0.1:1/?replicaSet=rs0',
      MONGO_SERVER_SELECTION_TIMEOUT_MS: '100',
    });
    const client = createClient(config);
    const things = client.db('nowhere').collection('things');
    for (const attempt of [() => things.findOne(), () => things.insertMany([{ a: 1 }])]) {
      const error = await failed(attempt);
      const fault = databaseFault(error);
      expect(fault).toMatchObject({ type: 'database_unavailable', code: 503, cause: error });
    }
    await client.close();
    expect(isUnavailable(await failed(() => things.findOne()))).toBe(true);
  });

  it('counts a killed server, time-outs and write concern among the unavailable', async () => {
    const client = createClient(database.config({ MONGO_URI: mongod.uri, MONGO_SERVER_SELECTION_TIMEOUT_MS: '300' }));
    const things = client.db('things').collection('things');
    await things.insertOne({ a: 1 });
    await mongod.kill('SIGKILL');
    expect(isUnavailable(await failed(() => things.insertOne({ a: 1 })))).toBe(true);
    expect(isUnavailable(await failed(() => things.insertMany([{ a: 1 }, { a: 2 }])))).toBe(true);
    await client.close();
    await mongod.restart();

    const own = database.db.collection('things');
    const concern = { w: 2, wtimeoutMS: 50 };
    for (const attempt of [
      () => own.insertOne({ a: 1 }, { writeConcern: concern }),
      () => own.insertMany([{ a: 1 }], { writeConcern: concern, ordered: false }),
      () => own.bulkWrite([{ insertOne: { document: { a: 1 } } }], { writeConcern: concern }),
      () => own.find({ $where: 'sleep(1000) || true' }, { maxTimeMS: 20 }).toArray(),
    ])
      expect(isUnavailable(await failed(attempt))).toBe(true);
  });

  it('counts a connection that is lost while the driver waits for it to take a large write', async () => {
    const proxy = await startProxy(mongod.port);
    const MONGO_URI = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`;
    const client = createClient(database.config({ MONGO_URI }), { retryWrites: false });
    const things = client.db('things').collection('things');
    // As many connections as are needed: none can be made once bytes are held.
    await Promise.all([things.insertOne({ a: 1 }), things.findOne(), things.findOne()]);
    proxy.hold('client');
    const large = Buffer.alloc(15 * MIB);
    const writes = [
      failed(() => things.insertOne({ large })),
      failed(() => things.insertMany([{ large }, { large }], { ordered: false })),
    ];
    await sleep(500);
    proxy.cut();
    const errors = await Promise.all(writes);
    // Were it one of the driver's, `isLostConnection` would not be needed any more.
    expect(errors[0]).not.toBeInstanceOf(MongoError);
    expect(errors[1]).toBeInstanceOf(MongoBulkWriteError);
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'ECONNRESET' });
      expect([isUnavailable(error), isUnsettled(error)]).toEqual([true, true]);
      expect(databaseFault(error)).toMatchObject({ type: 'database_unavailable', cause: error });
    }
    proxy.pass();
    await client.close();
    await proxy.close();
  });

  it('is applied to every local action of a broker', async () => {
    const broker = new ServiceBroker(brokerOptions(database.config({ LOG_LEVEL: 'silent' })));
    broker.createService({
      name: 'things',
      actions: {
        find: async () => {
          const client = createClient(
            database.config({ MONGO_URI: 'mongodb://127.0.0.1:1', MONGO_SERVER_SELECTION_TIMEOUT_MS: '100' }),
          );
          try {
            return await client.db('nowhere').collection('things').findOne();
          } finally {
            await client.close();
          }
        },
      },
    });
    await broker.start();
    const error = await failed(() => broker.call('things.find'));
    await broker.stop();
    expect(isFault(error)).toBe(true);
    expect(error).toMatchObject({ type: 'database_unavailable', code: 503 });
  });
});
