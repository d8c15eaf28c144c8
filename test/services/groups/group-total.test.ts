import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Collection, MongoClient } from 'mongodb';
import { GroupTotal } from '#services/groups/group-total.ts';
import type { GroupDocument } from '#services/groups/group-view.ts';
import { GroupsRepository } from '#services/groups/groups.repository.ts';
import { CommandLog } from '#test/room-log/support/command-log.ts';
import { type TestDatabase, testDatabase } from '#test/support/database.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let watched: MongoClient;
let log: CommandLog;
let groups: Collection<GroupDocument>;
let repository: GroupsRepository;

beforeAll(async () => {
  database = await testDatabase();
  watched = new MongoClient(database.uri, { monitorCommands: true });
  log = new CommandLog(watched, database.name);
});
afterAll(async () => {
  await watched.close();
  await database.drop();
});
beforeEach(async () => {
  groups = watched.db(database.name).collection('groups');
  repository = new GroupsRepository(watched.db(database.name));
  await repository.ensureIndexes();
  await groups.deleteMany({});
  for (const id of ['a', 'b', 'c', 'd', 'e']) await create(id);
  log.clear();
});

const create = (id: string) => repository.upsert(id, { name: id, description: null, avatarUrl: null }, 1);
const remove = (id: string) => repository.delete({ _id: id, id }, 1);
const totalOf = async (limit: number, offset: number) => (await repository.page(limit, offset)).total;
const everywhere = () => Promise.all([totalOf(2, 0), totalOf(2, 2), totalOf(1, 2), totalOf(10, 0), totalOf(2, 50)]);
const all = (total: number) => Array.from({ length: 5 }, () => total);
/** Exact counts that were sent; the driver sends `countDocuments` as an aggregate. */
const counts = () => log.count('aggregate', 'groups');

/** A total with a clock that the test sets. */
function clocked() {
  const clock = { now: 0 };
  return { clock, total: new GroupTotal(groups, () => clock.now) };
}

describe('the total of a page', () => {
  it.each([
    ['all', 10, 0],
    ['exactly all', 5, 0],
    ['the last ones', 2, 3],
    ['the last one', 2, 4],
  ])('is what the page shows when it has %s: nothing is counted', async (_, limit, offset) => {
    expect(await repository.page(limit, offset)).toMatchObject({ total: 5, hasMore: false });
    expect(log.names).toEqual(['find groups']);
  });

  it('of no groups is 0, and nothing is counted', async () => {
    await groups.deleteMany({});
    log.clear();
    expect(await repository.page(10, 0)).toEqual({ groups: [], total: 0, hasMore: false });
    expect(log.names).toEqual(['find groups']);
  });

  it('is exact on every page, before and past the end, as soon as a group is created or deleted', async () => {
    expect(await everywhere()).toEqual(all(5));
    for (const [index, id] of ['f', 'g', 'h'].entries()) {
      await create(id);
      expect(await everywhere()).toEqual(all(6 + index));
    }
    await create('h');
    expect(await everywhere()).toEqual(all(8));
    for (const [index, id] of ['a', 'g', 'h', 'b'].entries()) {
      await remove(id);
      expect(await everywhere()).toEqual(all(7 - index));
    }
    expect(counts()).toBe(1);
  });

  it('is never below what is known to be there', async () => {
    const spy = jest.spyOn(GroupTotal.prototype, 'get').mockResolvedValue(1);
    try {
      expect(await repository.page(2, 1)).toMatchObject({ total: 4, hasMore: true });
    } finally {
      spy.mockRestore();
    }
  });
});

describe('the total of groups', () => {
  it('is counted once a minute, however often it is asked for', async () => {
    const { clock, total } = clocked();
    const askOften = async () => {
      const first = await Promise.all(Array.from({ length: 50 }, () => total.get()));
      const later = [await total.get(), await total.get()];
      return [...new Set([...first, ...later])];
    };
    expect(await askOften()).toEqual([5]);
    clock.now = MINUTE_MS - 1;
    expect(await askOften()).toEqual([5]);
    expect(counts()).toBe(1);
    clock.now = MINUTE_MS;
    expect(await askOften()).toEqual([5]);
    expect(counts()).toBe(2);
  });

  it('shows what was created before the call, also while a count from before it is under way', async () => {
    const { total } = clocked();
    const [counted, created] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    betweenReads({
      after: () => {
        counted.resolve();
        return created.promise;
      },
    });
    const earlier = total.get();
    await counted.promise;
    await create('f');
    const later = total.get();
    created.resolve();
    expect(await Promise.all([earlier, later])).toEqual([5, 6]);
  });

  it('does not care for a figure of MongoDB that is always off', async () => {
    const drift = drifting();
    drift.by = 7;
    const { total } = clocked();
    expect(await total.get()).toBe(5);
    await create('f');
    expect(await total.get()).toBe(6);
    expect(counts()).toBe(1);
  });

  it('is right again after a minute when the figure of MongoDB went off, and never negative', async () => {
    const drift = drifting();
    const { clock, total } = clocked();
    expect(await total.get()).toBe(5);
    drift.by = 3;
    expect(await total.get()).toBe(8);
    drift.by = -100;
    expect(await total.get()).toBe(0);
    clock.now = MINUTE_MS;
    expect(await total.get()).toBe(5);
    await remove('a');
    expect(await total.get()).toBe(4);
    expect(counts()).toBe(2);
  });

  it.each(['before', 'after'] as const)('is counted again when a group is created just %s its count', async (when) => {
    const { total } = clocked();
    betweenReads({ [when]: () => create('f') });
    await total.get();
    expect(await total.get()).toBe(6);
    expect(counts()).toBe(2);
    expect(await total.get()).toBe(6);
    expect(counts()).toBe(2);
  });

  it.each(['estimatedDocumentCount', 'countDocuments'] as const)(
    'fails with the error of %s, for all who wait, and not the next time',
    async (method) => {
      const { total } = clocked();
      jest.spyOn(groups, method).mockRejectedValueOnce(new Error('away'));
      const outcomes = await Promise.allSettled([total.get(), total.get()]);
      expect(outcomes.map((one) => one.status === 'rejected' && String(one.reason))).toEqual([
        'Error: away',
        'Error: away',
      ]);
      expect(await total.get()).toBe(5);
    },
  );
});

/** Puts the figure that MongoDB keeps of the collection off `by` so many. */
function drifting(): { by: number } {
  const drift = { by: 0 };
  const estimate = groups.estimatedDocumentCount.bind(groups);
  jest.spyOn(groups, 'estimatedDocumentCount').mockImplementation(async () => (await estimate()) + drift.by);
  return drift;
}

/** Does something just before, or just after, the next exact count, between the two readings of MongoDB's figure. */
function betweenReads({ before, after }: { before?: () => Promise<unknown>; after?: () => Promise<unknown> }): void {
  const count = groups.countDocuments.bind(groups);
  jest.spyOn(groups, 'countDocuments').mockImplementationOnce(async (filter) => {
    await before?.();
    const counted = await count(filter);
    await after?.();
    return counted;
  });
}
