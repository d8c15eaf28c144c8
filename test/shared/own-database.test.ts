import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { ConfigError, loadConfig } from '#shared/config.ts';
import { openMongo } from '#shared/mongo.ts';
import { ADOPTION, checkOurs, metaOf } from '#shared/own-database.ts';
import { spawnService } from '#tools/cluster/spawn-service.ts';
import { testMongoUri } from '#test/support/database.ts';
import { spawnProgram } from '#test/support/program.ts';

let client: MongoClient;
const names: string[] = [];

/** A database that nobody has looked at. */
function untouched() {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  names.push(name);
  return client.db(name);
}

const old = async () => {
  const db = untouched();
  await db.collection('group_messages').insertOne({ groupId: 'fun', messageId: 'm', text: 'hello', createdAt: 1 });
  return db;
};

const open = (name: string) => openMongo(loadConfig({ MONGO_URI: testMongoUri(), MONGO_DB_NAME: name }));

beforeAll(async () => {
  client = await MongoClient.connect(testMongoUri());
});

afterAll(async () => {
  for (const name of names) await client.db(name).dropDatabase();
  await client.close();
});

describe('a database', () => {
  it('that is empty becomes ours, and stays so whatever is put into it', async () => {
    const db = untouched();
    await checkOurs(db);
    await db.collection('groups').insertOne({ id: 'fun', name: 'Fun' });
    await expect(checkOurs(db)).resolves.toBeUndefined();
    const { close } = await open(db.databaseName);
    await close();
  });

  it('that rooms were opened on before there was a mark is ours', async () => {
    const db = await old();
    await metaOf(db).insertOne({ _id: 'generation', value: 'abc' });
    await expect(checkOurs(db)).resolves.toBeUndefined();
  });

  it('of the older service is refused, with the command that adopts it, and nothing is written', async () => {
    const db = await old();
    const refused = open(db.databaseName);
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(/^MONGO_DB_NAME=\w+: [^\n]*npm run adopt -- --from MONGO_URI$/);
    expect(await db.listCollections().toArray()).toMatchObject([{ name: 'group_messages' }]);
  });

  it('whose adoption is not finished is refused', async () => {
    const db = await old();
    await metaOf(db).insertOne({ _id: ADOPTION, value: 'running' });
    await expect(checkOurs(db)).rejects.toThrow(/npm run adopt/);
  });
});

describe('on a database of the older service', () => {
  it('npm start refuses with one line', async () => {
    const { databaseName } = await old();
    const program = spawnProgram({ MONGO_URI: testMongoUri(), MONGO_DB_NAME: databaseName });
    expect(await program.exited).toEqual({ code: 1, signal: null });
    expect(program.output().stderr).toMatch(/^truematch: MONGO_DB_NAME=[^\n]*npm run adopt[^\n]*\n$/);
  });

  it.each(['groups', 'media'])('%s by itself refuses with one line', async (service) => {
    const { databaseName } = await old();
    const cwd = mkdtempSync(join(tmpdir(), 'truematch-old-'));
    const env = { MONGO_URI: testMongoUri(), MONGO_DB_NAME: databaseName, DATA_DIR: cwd, MEDIA_PORT: '0' };
    const child = spawnService(service, env);
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (chunk) => (said += chunk));
    child.stdout!.resume();
    const code = await new Promise((done) => child.once('close', done));
    rmSync(cwd, { recursive: true });
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringMatching(/^truematch: [^\n]*npm run adopt -- --from[^\n]*\n$/),
    });
  });
});
