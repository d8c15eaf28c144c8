import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Db, MongoClient } from 'mongodb';
import { checkOurs, metaOf } from '#shared/own-database.ts';
import { testMongoUri } from '#test/support/database.ts';
import type { ToolExit } from '#test/support/tool.ts';
import { hashes, Runs } from '#test/tools/adopt/support/runs.ts';

const runs = new Runs(testMongoUri());
const names: string[] = [];
let client: MongoClient;
/** Another run, which lives. */
const HOLDER = `${hostname()} ${process.pid} other`;
let locked: { db: Db; before: Record<string, string>; refused: Promise<ToolExit> };

/** A small database of the older service. */
async function old() {
  const db = client.db(`test_${randomUUID().slice(0, 12)}`);
  names.push(db.databaseName);
  await db
    .collection('group_messages')
    .insertMany([1, 2, 3].map((n) => ({ groupId: 'fun', messageId: `m${n}`, text: 'hi', createdAt: n })));
  await db.collection('profiles').insertOne({ userId: 'u', username: 'Ada', usernameLower: 'ada' });
  return db;
}

beforeAll(async () => {
  client = await MongoClient.connect(testMongoUri());
  const db = await old();
  await metaOf(db).insertOne({ _id: 'lease:adopt', holder: HOLDER, until: Date.now() + 600_000 });
  // It waits for longer than a lease lasts, while the other tests run.
  locked = { db, before: await hashes(db), refused: runs.run(db.databaseName, null) };
});

afterAll(async () => {
  for (const name of names) await client.db(name).dropDatabase();
  await client.close();
  runs.remove();
});

describe('npm run adopt refuses, and changes nothing,', () => {
  it.each([
    ['a message', (db: Db) => db.collection('group_messages').insertOne({ groupId: 'fun', text: 'new' })],
    ['an edit', (db: Db) => db.collection('profiles').updateOne({}, { $inc: { updatedAt: 1 } })],
  ])('while somebody else writes %s, and says how it knows', async (_what, write) => {
    const db = await old();
    const tool = runs.spawn(db.databaseName, null, '--quiet-seconds', '30');
    // It writes nothing before it knows that it is alone, so that nothing says when it begins to look.
    while (tool.child.exitCode === null) {
      await write(db);
      await new Promise((done) => setTimeout(done, 100));
    }
    const { code, stderr } = await tool.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^adopt: somebody else writes to test_\S+ \(its change stream told of: (insert|update) [^\n]*\n$/,
    );
    expect(await db.collection('group_messages').countDocuments({ room: { $exists: true } })).toBe(0);
  });

  it('a database that is ours, and a target that is not empty', async () => {
    const [ours, full] = [await old(), await old()];
    await metaOf(ours).insertOne({ _id: 'generation', value: 'x' });
    await checkOurs(ours);
    const [inPlace, into] = await Promise.all([
      runs.run(ours.databaseName, null),
      runs.run(full.databaseName, ours.databaseName),
    ]);
    expect(inPlace.stderr).toMatch(/^adopt: \S+ is in today's form already[^\n]*\n$/);
    expect(into.stderr).toMatch(/^adopt: --to: \S+ is not empty[^\n]*\n$/);
  });

  it('to fill a database from a second one', async () => {
    const [first, second, target] = [await old(), await old(), client.db(`test_${randomUUID().slice(0, 12)}`)];
    names.push(target.databaseName);
    await metaOf(target).insertOne({ _id: 'adoption', value: 'running', holder: first.databaseName });
    const { code, stderr } = await runs.run(second.databaseName, target.databaseName);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('finish that first') });
  });

  it('while another run lives', async () => {
    const { db, before, refused } = locked;
    const { code, stderr } = await refused;
    expect(code).toBe(1);
    expect(stderr).toContain(`is being adopted by another run (${HOLDER})`);
    expect(await hashes(db)).toEqual(before);
  });
});
