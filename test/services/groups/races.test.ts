import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GroupsBroker, startGroups } from '#test/services/groups/groups-broker.ts';

let groups: Awaited<ReturnType<typeof startGroups>>;
let call: GroupsBroker['call'];
beforeAll(async () => {
  groups = await startGroups();
  ({ call } = groups);
});
afterAll(() => groups.stop());

const times = <T>(count: number, run: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => run(n)));
const collection = (name: string) => groups.database.db.collection(name);

describe('at the same time', () => {
  it('20 creations of one group make one group', async () => {
    for (let round = 0; round < 5; round += 1) {
      const name = `Round ${round}`;
      const answers = await times(20, () => call('groups.create', { name, description: 'd' }));
      expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
      expect(
        await collection('groups')
          .find({ id: `round-${round}` })
          .toArray(),
      ).toMatchObject([{ rev: 20 }]);
    }
  });

  it('50 joins of one name make one member', async () => {
    await times(50, (n) => call('groups.addMember', { groupId: 'one', username: n % 2 ? 'Ann' : 'ANN' }));
    expect(await collection('group_members').countDocuments({ groupId: 'one' })).toBe(1);
  });

  it('50 joins of 50 names lose none, and 50 leaves none either', async () => {
    await call('groups.create', { name: 'many' });
    await times(50, (n) => call('groups.addMember', { groupId: 'many', username: `User ${n}` }));
    expect(await call('groups.get', { groupId: 'many', includeMembers: true })).toMatchObject({ memberCount: 50 });
    await times(50, (n) => call('groups.removeMember', { groupId: 'many', username: `user ${n}` }));
    expect(await call('groups.get', { groupId: 'many', includeMembers: true })).toMatchObject({ memberCount: 0 });
  });

  it('updates of different fields are all kept', async () => {
    await call('groups.create', { name: 'parts' });
    await Promise.all([
      call('groups.update', { groupId: 'parts', name: 'N' }),
      call('groups.update', { groupId: 'parts', description: 'D' }),
      call('groups.update', { groupId: 'parts', avatarUrl: 'A' }),
    ]);
    expect(await collection('groups').findOne({ id: 'parts' })).toMatchObject({
      name: 'N',
      description: 'D',
      avatarUrl: 'A',
      rev: 4,
    });
  });

  it('creations, updates and deletions are each done or answered 404, and leave one group or none', async () => {
    const outcomes = await times(90, async (n) => {
      try {
        if (n % 3 === 0) await call('groups.create', { name: 'contested' });
        else if (n % 3 === 1) await call('groups.update', { groupId: 'contested', description: `${n}` });
        else await call('groups.remove', { groupId: 'contested' });
        return 200;
      } catch (error) {
        return (error as { code?: unknown }).code ?? error;
      }
    });
    expect([...new Set(outcomes)].filter((one) => one !== 200 && one !== 404)).toEqual([]);
    await call('groups.create', { name: 'contested' });
    expect(await collection('groups').countDocuments({ id: 'contested' })).toBe(1);
    await call('groups.remove', { groupId: 'contested' });
    expect(await collection('groups').countDocuments({ id: 'contested' })).toBe(0);
  });
});
