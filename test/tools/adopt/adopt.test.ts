import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { OLD_COLLECTIONS } from '#shared/own-database.ts';
import { testMongoUri } from '#test/support/database.ts';
import { type RunningProgram, startProgram } from '#test/support/program.ts';
import type { ToolExit } from '#test/support/tool.ts';
import { fillOldDatabase, oldIndexes } from '#tools/adopt/drill/old-database.ts';
import type { Said } from '#tools/adopt/drill/old-messages.ts';
import { GROUPS, PASSWORD } from '#tools/adopt/drill/old-people.ts';
import { expectRoom, readJson, readRoom } from '#test/tools/adopt/support/read-rooms.ts';
import { countsIn, hashes, Runs } from '#test/tools/adopt/support/runs.ts';

/** Of the old database; TEST_LONG=1 takes as many as a community that is some years old. */
const MESSAGES = process.env.TEST_LONG ? 200_000 : 5_000;
/** A run is killed within so many ms after a third of it has begun. */
const KILL_WITHIN_MS = process.env.TEST_LONG ? 3_000 : 250;

jest.setTimeout(process.env.TEST_LONG ? 900_000 : 120_000);

const ADOPTED = [...OLD_COLLECTIONS, 'group_aliases', ...OLD_COLLECTIONS.map((name) => `aside_${name}`)];

const names = Object.fromEntries(
  ['old', 'whole', 'killed'].map((name) => [name, `test_${name}_${randomUUID().slice(0, 8)}`]),
) as Record<'old' | 'whole' | 'killed', string>;
const runs = new Runs(testMongoUri());
let client: MongoClient;
let said: Map<string, Said[]>;
let program: RunningProgram;
let before: Record<string, string>;
let exits: Record<'dry' | 'whole' | 'killed', ToolExit>;
let kills: number;

const db = (which: keyof typeof names) => client.db(names[which]);

beforeAll(async () => {
  client = await MongoClient.connect(testMongoUri());
  said = await fillOldDatabase(db('old'), MESSAGES);
  for (const { name } of await db('old').listCollections({}, { nameOnly: true }).toArray())
    await db('old')
      .collection(name)
      .aggregate([{ $out: { db: names.killed, coll: name } }])
      .toArray();
  await oldIndexes(db('killed'));
  before = await hashes(db('old'));
  const [dry, whole, killed] = await Promise.all([
    runs.run(names.old, null, '--dry-run', '--report', 'dry.txt'),
    runs.run(names.old, names.whole),
    runs.runKilled(db('killed'), KILL_WITHIN_MS),
  ]);
  exits = { dry, whole, killed: killed.exit };
  kills = killed.kills;
  program = await startProgram({
    env: { MONGO_URI: testMongoUri(), MONGO_DB_NAME: names.whole, DATA_DIR: runs.folder },
  });
});

afterAll(async () => {
  program?.kill('SIGTERM');
  await program?.exited;
  for (const name of Object.values(names)) await client.db(name).dropDatabase();
  await client.close();
  runs.remove();
});

describe('npm run adopt', () => {
  it('ends well, in one go and after three kills', () => {
    expect(Object.values(exits).map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(['', '', '']);
    expect(kills).toBe(3);
  });

  it('changes nothing of the database that it reads, and nothing at all in a dry run', async () => {
    expect(await hashes(db('old'))).toEqual(before);
    const { databases } = await client.db().admin().listDatabases({ nameOnly: true });
    expect(databases.map(({ name }) => name).filter((name) => name.startsWith('adopt_dry_run'))).toEqual([]);
  });

  it('predicts in a dry run what it counts when it is done', () => {
    expect(countsIn(exits.dry.stdout)).toBe(countsIn(exits.whole.stdout));
    expect(exits.dry.stdout).toContain('Nothing was changed');
  });

  it('leads to the same in place, killed three times, as in one go into another database', async () => {
    expect(countsIn(exits.killed.stdout)).toBe(countsIn(exits.whole.stdout));
    expect(await hashes(db('killed'), ADOPTED)).toEqual(await hashes(db('whole'), ADOPTED));
    const heads = async (which: 'killed' | 'whole') =>
      db(which)
        .collection('rooms')
        .find({}, { projection: { epoch: 0 } })
        .sort({ _id: 1 })
        .toArray();
    expect(await heads('killed')).toEqual(await heads('whole'));
    const lists = ['killed', 'whole'].map((which) => runs.report(names[which as 'whole']).split('lies in')[1]);
    expect(lists[0]).toBe(lists[1]);
  });

  it('leaves none of its notes behind', async () => {
    const left = await db('killed')
      .listCollections({ name: /^adopt_/ })
      .toArray();
    expect(left).toEqual([]);
  });

  it('does nothing when it is run again', async () => {
    const done = await hashes(db('killed'));
    const again = await runs.run(names.killed, null);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('nothing to do');
    expect({ ...(await hashes(db('killed'))), meta: '' }).toEqual({ ...done, meta: '' });
  });

  it('lists what it put right', () => {
    const report = runs.report(names.whole);
    for (const line of [
      'messages of rooms under another id:',
      'copies of a message, set aside:',
      'likes of a pair that were there twice:',
    ])
      expect(report).toContain(`\n${line}\n`);
    expect(report).toContain(`${GROUPS.split.toHexString()} → split`);
  });
});

describe('afterwards our API says what the old documents say', () => {
  it('of every message of every room, in the same order', async () => {
    for (const [room, of] of said) expectRoom(room, await readRoom(program.url, room), of);
  });

  it('of rooms under every id that they had', async () => {
    const split = await readJson(program.url, '/api/messages/split/latest');
    expect(await readJson(program.url, `/api/messages/${GROUPS.split.toHexString()}/latest`)).toEqual(split);
    const eighty = await readJson(program.url, '/api/messages/88/latest');
    expect(await readJson(program.url, `/api/messages/${GROUPS.twoNumbers.toHexString()}/latest`)).toEqual(eighty);
  });

  it('of groups, whatever was missing, and of their members', async () => {
    const { groups } = await readJson<{ groups: Record<string, unknown>[] }>(
      program.url,
      '/api/groups?includeMembers=true',
    );
    const found = new Map(groups.map((one) => [one.id, one]));
    expect(new Set(found.keys())).toEqual(
      new Set(['77', '88', 'fun', 'mistyped', 'nameless', 'split', GROUPS.byDatabaseId.toHexString()]),
    );
    expect(found.get('mistyped')).toMatchObject({ name: '5', description: '' });
    expect(found.get('fun')).toMatchObject({ avatarUrl: expect.stringMatching(/^https:\/\/chat\.example\/media\//) });
    expect(found.get('split')).toMatchObject({ memberPreview: [{ username: 'ADA' }, { username: 'Bob' }] });
    expect(found.get('77')).toMatchObject({ databaseId: GROUPS.numeric.toHexString() });
  });

  it('of threads', async () => {
    const { threads } = await readJson<{ threads: { dmId: string; latest: number }[] }>(
      program.url,
      '/api/dm/threads?user=ada',
    );
    expect(new Set(threads.map(({ dmId }) => dmId))).toEqual(new Set(['dm:ada|bob', 'dm:ada|çelik']));
    expect(threads.map(({ latest }) => latest)).toEqual(threads.map(({ latest }) => latest).sort((a, b) => b - a));
  });

  it('of people: accounts with their passwords, dating profiles, ghosts', async () => {
    const signedIn = await fetch(`${program.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'ADA', password: PASSWORD }),
    });
    expect(await signedIn.json()).toMatchObject({ profile: { userId: 'u_0', friends: ['{"marker":"x"}', 'bob'] } });
    const dating = await readJson<Record<string, unknown>[]>(
      program.url,
      '/api/dating/profiles/batch?users=ada,bob,ghost',
    );
    expect(dating).toMatchObject([
      { userId: 'u_0', age: 30, location: { city: 'Graz' } },
      { userId: 'u_1', age: 44, mood: 'fine', hasDatingProfile: true },
      { userId: null, username: 'Ghost', age: 50 },
    ]);
  });

  it('of likes, filters, bios and links', async () => {
    expect(await readJson(program.url, '/api/dating/likes/incoming?user=bob')).toEqual([{ from: 'ada', at: 8 }]);
    expect(await readJson(program.url, '/api/dating/likes/incoming?user=ada')).toEqual([{ from: 'bob', at: 6 }]);
    expect(await readJson(program.url, '/api/users/u_0/message-filters')).toMatchObject({
      items: [
        { groupId: 'split', username: 'BOB', createdAt: 3, updatedAt: 9 },
        { groupId: 'dm:ada|bob', username: 'bob', createdAt: 6 },
      ],
    });
    expect(await readJson(program.url, '/api/users/id/u_0/bio')).toEqual({ bio: 'first' });
    expect(await readJson(program.url, '/api/users/ada/social-links')).toHaveLength(1);
  });
});
