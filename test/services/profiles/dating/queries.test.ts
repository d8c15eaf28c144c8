import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Document, MongoClient, ObjectId } from 'mongodb';
import { writeDating } from '#services/profiles/dating/stored.ts';
import { openRepositories, type Repositories } from '#services/profiles/repositories.ts';
import { type TestDatabase, testDatabase } from '#test/support/database.ts';

/**
 * Runs each method of the repositories, catches the commands that it sends, and has the server explain each: it must be
 * an index scan that looks at what it returns, and for those nearest to a point at few more.
 */
const PEOPLE = 3_000;
/** Of ten people one has no place, and one no dating profile. */
const isNowhere = (n: number) => n % 10 === 0;
const isNobody = (n: number) => n % 10 === 1;

let database: TestDatabase;
let watched: MongoClient;
let repositories: Repositories;
const sent: Document[] = [];

/** People over Europe, the same at each run. */
const person = (n: number): Document => {
  const _id = new ObjectId();
  const location = isNowhere(n) ? {} : { location: { lat: 45 + (n % 150) / 10, lon: (n * 7) % 30 } };
  const dating = isNobody(n)
    ? {}
    : { ...writeDating({ age: 30, ...location }, String(_id)), hasDatingProfile: true, datingProfileCreatedAt: n };
  return { _id, userId: `u_${n}`, username: `U${n}`, usernameLower: `u${n}`, names: [`u${n}`], rev: 1, ...dating };
};

beforeAll(async () => {
  database = await testDatabase();
  watched = new MongoClient(database.uri, { monitorCommands: true });
  repositories = await openRepositories(watched.db(database.name));
  const people = Array.from({ length: PEOPLE }, (_, n) => person(n));
  await database.db.collection('profiles').insertMany(people);
  const likes = Array.from({ length: 2_000 }, (_, n) => ({ fromLc: `u${n % 40}`, toLc: `u${n % 50}`, at: n }));
  await database.db.collection('likes').insertMany(likes.filter((_, n) => n < 200));
  watched.on('commandStarted', ({ command }) => sent.push(command));
});
afterAll(async () => {
  await watched.close();
  await database.drop();
});

const EXPLAINED = new Set(['find', 'findAndModify', 'update', 'delete']);
const SESSION = new Set(['lsid', 'txnNumber', '$clusterTime', '$db', '$readPreference', 'writeConcern', 'readConcern']);

/** All values of `key` anywhere in a document. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => [...(name === key ? [child] : []), ...valuesOf(key, child)]);
}

interface Explained {
  stages: string;
  examined: number;
  returned: number;
}

async function explain(command: Document): Promise<Explained> {
  const bare = Object.fromEntries(Object.entries(command).filter(([name]) => !SESSION.has(name)));
  const { executionStats, queryPlanner } = (await database.db.command({
    explain: bare,
    verbosity: 'executionStats',
  })) as { executionStats: Document; queryPlanner: Document };
  const changed = ['nWouldModify', 'nWouldDelete'].flatMap((name) => valuesOf(name, executionStats)).map(Number);
  return {
    stages: valuesOf('stage', queryPlanner.winningPlan).join(' < '),
    examined: Number(executionStats.totalDocsExamined),
    returned: Number(executionStats.nReturned) || Math.max(0, ...changed),
  };
}

/** Runs something and explains each command that it sent. */
async function explained(run: () => Promise<unknown>): Promise<Explained[]> {
  sent.length = 0;
  await run();
  const commands = sent.filter((command) => EXPLAINED.has(Object.keys(command)[0]!));
  expect(commands.length).toBeGreaterThan(0);
  const plans: Explained[] = [];
  for (const command of commands) plans.push(await explain(command));
  return plans;
}

describe('a query of dating profiles and likes', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['the newest profiles', () => repositories.dating.newest(100).toArray()],
    ['profiles of an unknown place', () => repositories.dating.nowhere(100).toArray()],
    ['a profile by its name', () => repositories.dating.find('U7')],
    ['a profile by a name that nobody has', () => repositories.dating.find('nobody')],
    ['people by ids and names', () => repositories.dating.findAll(['u_5', 'u_11'], ['u7', 'U12', 'nobody'])],
    [
      'an edit',
      async () => {
        const found = await repositories.dating.find('u13');
        return repositories.dating.replaceFields(found!, { set: { mood: 'x' }, unset: ['age'] }, 1);
      },
    ],
    ['a deletion', async () => repositories.dating.clear((await repositories.dating.find('u14'))!._id, 1)],
    ['a like', () => repositories.likes.put({ fromLc: 'u1', toLc: 'u1', at: 5 })],
    ['a new like', () => repositories.likes.put({ fromLc: 'x', toLc: 'y', at: 5 })],
    ['a like taken back', () => repositories.likes.delete('u2', 'u2')],
    ['the likes of a name', () => repositories.likes.deleteAllOf(['u3', 'u4'])],
    ['a new version', async () => repositories.datingVersion.changed((await repositories.dating.find('u7'))!)],
    ['the version', () => repositories.datingVersion.now()],
    ['the news', () => repositories.datingVersion.since('')],
  ])('looks at what it returns: %s', async (_, run) => {
    for (const { stages, examined, returned } of await explained(run)) {
      expect(stages).toMatch(/IXSCAN|IDHACK/);
      expect(stages).not.toMatch(/COLLSCAN|\bSORT\b/);
      expect({ stages, few: examined <= returned + 1 }).toEqual({ stages, few: true });
    }
  });

  it.each([
    [undefined, 20],
    [undefined, 500],
    [100, 2_000],
    [500, 100],
  ])('looks at few more than the nearest within %s km, up to %d', async (km, limit) => {
    const from = { lat: 52, lon: 12 };
    const [plan] = await explained(() => repositories.dating.nearest(from, km, limit).toArray());
    expect(plan!.stages).toMatch(/GEO_NEAR_2DSPHERE/);
    expect(plan!.returned).toBeGreaterThan(10);
    expect(plan!.returned).toBeLessThanOrEqual(limit);
    expect(plan!.examined).toBeLessThan(100 + 5 * plan!.returned);
  });

  it('of who likes whom is answered from an index alone', async () => {
    for (const list of [() => repositories.likes.incoming('u1'), () => repositories.likes.outgoing('u1')]) {
      const [plan] = await explained(list);
      expect(plan).toMatchObject({ examined: 0, stages: expect.not.stringContaining('FETCH') });
      expect(plan!.returned).toBeGreaterThan(0);
    }
  });
});

describe('profiles of the older service', () => {
  it('are found by their place, and read as they are', async () => {
    const old = { userId: 'u_old', username: 'Old', usernameLower: 'old', hasDatingProfile: true };
    const location = {
      city: 'Nemo',
      lat: -48.9,
      lon: -123.4,
      coordinates: { type: 'Point', coordinates: [-123.4, -48.9] },
    };
    await database.db.collection('profiles').insertMany([
      { ...old, age: 40, gender: 5, photos: 'x', firstName: 'Olaf', location },
      { ...old, userId: 'u_none', usernameLower: 'none', age: 40, location: null },
    ]);
    await repositories.dating.ensureIndexes();
    const found = await repositories.dating.nearest({ lat: -48.9, lon: -123.4 }, 50, 10).toArray();
    expect(found.map(({ userId }) => userId)).toEqual(['u_old']);
    const nowhere = await repositories.dating.nowhere(1_000).toArray();
    expect(nowhere.at(-1)).toMatchObject({ userId: 'u_none' });
  });
});
