import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError } from '#shared/config.ts';
import { checkServer } from '#shared/mongo-check.ts';
import { createClient, openMongo } from '#shared/mongo.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(() => database.drop());

describe('openMongo', () => {
  it('shares one client until the last holder has closed', async () => {
    // An address of its own, so that the test's own connection is no holder.
    const config = database.config({ MONGO_URI: `${database.uri}&appName=sharing` });
    const [first, second] = await Promise.all([openMongo(config), openMongo(config)]);
    expect(second.client).toBe(first.client);
    const other = await openMongo(config, { retryWrites: false });
    expect(other.client).not.toBe(first.client);
    await other.close();
    await first.close();
    await first.close();
    await second.db.command({ ping: 1 });
    await second.close();
    await expect(second.db.command({ ping: 1 })).rejects.toThrow('must be connected');

    const third = await openMongo(config);
    expect(third.client).not.toBe(first.client);
    await third.db.command({ ping: 1 });
    await third.close();
  });

  it('tries again for who comes after a failed attempt', async () => {
    const config = database.config({
      MONGO_URI: 'mongodb://127.0.0.1:1/?replicaSet=rs0',
      MONGO_SERVER_SELECTION_TIMEOUT_MS: '100',
    });
    await expect(openMongo(config)).rejects.toThrow('ECONNREFUSED');
    await expect(openMongo(config)).rejects.toThrow('ECONNREFUSED');
  });

  it('writes journaled to a majority and reads on the primary', async () => {
    const { client, close } = await openMongo(database.config());
    expect(client.writeConcern).toMatchObject({ w: 'majority', journal: true });
    expect(client.readPreference.mode).toBe('primary');
    expect(client.readConcern?.level).toBe('local');
    await close();
  });

  it('names the variable when the driver cannot read the address', () => {
    const config = database.config({ MONGO_URI: 'mongodb://a/?nonsense=1' });
    expect(() => createClient(config)).toThrow(ConfigError);
    expect(() => createClient(config)).toThrow(/^MONGO_URI: /);
  });
});

describe('checkServer', () => {
  it('answers the version of a replica set', async () => {
    expect(await checkServer(database.client)).toMatch(/^\d+\.\d+\.\d+/);
  });
});
