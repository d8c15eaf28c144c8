import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Db, type Document, MongoClient, ObjectId } from 'mongodb';
import { openRepositories, type Repositories } from '#services/groups/repositories.ts';
import { type TestDatabase, testDatabase } from '#test/support/database.ts';

/**
 * Runs each method of the repositories on one database, catches the commands that it sends, and has the server explain
 * each on another one with the same documents, which stay as they are: whatever a method asks must be an index scan
 * that looks at what it returns (or changes) and at one document more at most.
 */
const GROUPS = 300;
const MEMBERS = 40;
const oldId = new ObjectId();
const goneId = new ObjectId();

let changing: TestDatabase;
let pristine: TestDatabase;
let watched: MongoClient;
let repositories: Repositories;
const sent: Document[] = [];

async function fill(db: Db): Promise<void> {
  const documents = (name: string) => db.collection<{ _id: string | ObjectId }>(name);
  const groups = Array.from({ length: GROUPS }, (_, n) => ({ _id: `g${n}`, id: `g${n}`, name: `Name ${n % 50}` }));
  const old = { _id: oldId, id: 'old', name: 'Old' };
  const members = groups.flatMap(({ id: groupId }) =>
    Array.from({ length: MEMBERS }, (_, n) => ({
      _id: `${groupId} ${n}`,
      groupId,
      username: `U${n}`,
      usernameLower: `u${n}`,
      joinedAt: n,
    })),
  );
  await documents('groups').insertMany([...groups, old]);
  await documents('group_aliases').insertMany([{ _id: goneId.toHexString(), room: 'g1' } as { _id: string }]);
  await documents('group_members').insertMany(members);
  const ended = ['new', 'g11'].map((_id) => ({ _id, databaseId: _id, rev: 1, updatedAt: 1 }));
  await documents('group_tombstones').insertMany(ended);
}

beforeAll(async () => {
  changing = await testDatabase();
  pristine = await testDatabase();
  watched = new MongoClient(changing.uri, { monitorCommands: true });
  repositories = await openRepositories(watched.db(changing.name));
  await openRepositories(pristine.db);
  await Promise.all([fill(changing.db), fill(pristine.db)]);
  watched.on('commandStarted', ({ command }) => sent.push(command));
});
afterAll(async () => {
  await watched.close();
  await Promise.all([changing.drop(), pristine.drop()]);
});

const EXPLAINED = new Set(['find', 'aggregate', 'findAndModify', 'update', 'delete', 'count', 'distinct']);
const SESSION = new Set(['lsid', 'txnNumber', '$clusterTime', '$db', '$readPreference', 'writeConcern', 'readConcern']);

const sum = (values: unknown[]) => values.reduce<number>((total, one) => total + Number(one), 0);

/** All values of `key` anywhere in a document. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => [...(name === key ? [child] : []), ...valuesOf(key, child)]);
}

interface Explained {
  command: string;
  stages: unknown[];
  examined: number;
  returned: number;
}

async function explain(command: Document): Promise<Explained> {
  const bare = Object.fromEntries(Object.entries(command).filter(([name]) => !SESSION.has(name)));
  const plan = await pristine.db.command({ explain: bare, verbosity: 'executionStats' });
  const { command: _, serverInfo: __, ...rest } = plan;
  const stages = valuesOf('stage', rest);
  const changed = ['nWouldModify', 'nWouldDelete'].flatMap((name) => valuesOf(name, rest));
  const returned = sum(changed) || Number(plan.executionStats?.nReturned ?? 0);
  return { command: Object.keys(bare)[0]!, stages, examined: sum(valuesOf('totalDocsExamined', rest)), returned };
}

/** Explains each command that `run` sends. */
async function explained(run: () => Promise<unknown>): Promise<Explained[]> {
  sent.length = 0;
  await run();
  const commands = sent.filter((command) => EXPLAINED.has(Object.keys(command)[0]!));
  expect(commands.length).toBeGreaterThan(0);
  const plans: Explained[] = [];
  for (const command of commands) plans.push(await explain(command));
  return plans;
}

const fields = { name: 'n', description: null, avatarUrl: null };
const member = (n: number) => ({
  groupId: 'g5',
  username: `U${n}`,
  usernameLower: `u${n}`,
  role: 'member',
  joinedAt: 1,
  updatedAt: 1,
});

describe('a query of the groups service scans an index and only what it returns', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['groups.page', () => repositories.groups.page(50, 0)],
    ['groups.find by id', () => repositories.groups.find('g7')],
    ['groups.find an unknown id', () => repositories.groups.find('nobody')],
    ['groups.find by databaseId', () => repositories.groups.find(oldId.toHexString())],
    ['groups.find by alias', () => repositories.groups.find(goneId.toHexString())],
    ['groups.slugOfDatabaseId', () => repositories.groups.slugOfDatabaseId(oldId.toHexString())],
    ['groups.slugOfDatabaseId of a deleted group', () => repositories.groups.slugOfDatabaseId(goneId.toHexString())],
    ['groups.upsert', () => repositories.groups.upsert('g8', fields, 1)],
    ['groups.upsert of a new one', () => repositories.groups.upsert('new', fields, 1)],
    ['groups.overwrite', () => repositories.groups.overwrite('g9', fields, 1)],
    ['groups.update', () => repositories.groups.update('g10', { name: 'x' }, 1)],
    ['groups.delete', () => repositories.groups.delete({ _id: 'g11', id: 'g11' }, 1)],
    ['groups.keepAlias', () => repositories.groups.keepAlias(goneId, 'g1')],
    ['members.put', () => repositories.members.put(member(3))],
    ['members.put of a new one', () => repositories.members.put(member(1_000))],
    ['members.delete', () => repositories.members.delete('g6', 'u3')],
    ['members.deleteAll', () => repositories.members.deleteAll(['g12', 'g13'])],
  ])('%s', async (_, run) => {
    for (const { stages, examined, returned, command } of await explained(run)) {
      const where = `${command}: ${stages.join(' < ')}`;
      expect(where).not.toMatch(/COLLSCAN|\bSORT\b/);
      expect(where).toMatch(/IXSCAN|IDHACK|COUNT_SCAN|RECORD_STORE_FAST_COUNT/);
      expect({ where, few: examined <= returned + 1 }).toEqual({ where, few: true });
    }
  });

  it('groups.page with an offset walks the index past it, by name', async () => {
    const [page] = await explained(() => repositories.groups.page(10, 100));
    expect(page!.stages).toContain('IXSCAN');
    expect(page!.stages).not.toContain('SORT');
  });

  it('members.summaries looks at the shown members, and counts without looking', async () => {
    const ids = Array.from({ length: 50 }, (_, n) => `g${n + 100}`);
    sent.length = 0;
    const found = await repositories.members.summaries(ids, 5);
    expect([...found.values()].every((one) => one.count === MEMBERS && one.newest.length === 5)).toBe(true);
    expect(sent).toHaveLength(1);
    const { lsid: _, $clusterTime: __, $db: ___, ...command } = sent[0]!;
    const plan = await pristine.db.command({ explain: command, verbosity: 'executionStats' });
    const [newest, counted] = (plan.stages as Document[]).filter((stage) => stage.$lookup);
    expect(newest).toMatchObject({ totalDocsExamined: 250, totalKeysExamined: 250, collectionScans: 0 });
    expect(newest!.indexesUsed).toEqual(['groupId_1_joinedAt_-1_usernameLower_1']);
    expect(counted).toMatchObject({ totalDocsExamined: 0, totalKeysExamined: 50 * MEMBERS, collectionScans: 0 });
  });
});
