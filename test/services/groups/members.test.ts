import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GroupsBroker, startGroups } from '#test/services/groups/groups-broker.ts';

let groups: Awaited<ReturnType<typeof startGroups>>;
let call: GroupsBroker['call'];
beforeAll(async () => {
  groups = await startGroups();
  ({ call } = groups);
});
afterAll(() => groups.stop());

const rows = (groupId: string) =>
  groups.database.db
    .collection('group_members')
    .find({ groupId }, { projection: { _id: 0 }, sort: { usernameLower: 1 } })
    .toArray();

const members = async (groupId: string, membersLimit?: number) => {
  const { memberCount, memberPreview } = await call('groups.get', { groupId, includeMembers: true, membersLimit });
  return { memberCount, names: memberPreview?.map((one) => one.username) };
};

describe('a member', () => {
  it('is stored as it joined last', async () => {
    expect(await call('groups.addMember', { groupId: 'g', username: ' Ann ' })).toEqual({ success: true });
    const [first] = await rows('g');
    expect(first).toEqual({
      groupId: 'g',
      username: ' Ann ',
      usernameLower: 'ann',
      role: 'member',
      joinedAt: expect.any(Number),
      updatedAt: first?.joinedAt,
      rev: 1,
    });
    await call('groups.addMember', { groupId: 'g', username: 'ANN', role: 'admin', joinedAt: 5 });
    expect(await rows('g')).toEqual([
      {
        groupId: 'g',
        username: 'ANN',
        usernameLower: 'ann',
        role: 'admin',
        joinedAt: 5,
        updatedAt: expect.any(Number),
        rev: 2,
      },
    ]);
    await call('groups.addMember', { groupId: 'g', username: 'ann', role: null, joinedAt: null });
    expect(await rows('g')).toMatchObject([{ username: 'ann', role: 'member' }]);
  });

  it.each([undefined, null, '', '  '])('without a name (%j) is refused', async (username) => {
    await expect(call('groups.addMember', { groupId: 'nameless', username })).rejects.toMatchObject({
      code: 400,
      message: 'username required',
    });
    expect(await rows('nameless')).toEqual([]);
  });

  it.each([{ joinedAt: 'soon' }, { joinedAt: 1.5 }, { joinedAt: -1 }, { role: {} }, { username: { $ne: '' } }])(
    'with %j is refused',
    async (fields) => {
      const params = { groupId: 'odd', username: 'Ann', ...fields };
      await expect(groups.broker.call('groups.addMember', params)).rejects.toMatchObject({ code: 422 });
      expect(await rows('odd')).toEqual([]);
    },
  );

  it('leaves under any case of the name, once or again', async () => {
    await call('groups.addMember', { groupId: 'left', username: 'Bob' });
    expect(await call('groups.removeMember', { groupId: 'left', username: ' bOB' })).toEqual({ success: true });
    expect(await rows('left')).toEqual([]);
    expect(await call('groups.removeMember', { groupId: 'left', username: 'Bob' })).toEqual({ success: true });
  });
});

describe('the members of a group', () => {
  it('are shown newest first, then by name, and all counted', async () => {
    await call('groups.create', { name: 'full' });
    const joins: [string, number][] = [
      ['Zoe', 9],
      ['carl', 3],
      ['Anna', 3],
      ['Bert', 3],
      ['Dora', 1],
      ['Eve', 2],
    ];
    for (const [username, joinedAt] of joins) await call('groups.addMember', { groupId: 'full', username, joinedAt });
    expect(await members('full')).toEqual({ memberCount: 6, names: ['Zoe', 'Anna', 'Bert', 'carl', 'Eve'] });
    expect(await members('full', 2)).toEqual({ memberCount: 6, names: ['Zoe', 'Anna'] });
    const { memberPreview } = await call('groups.get', { groupId: 'full', includeMembers: true, membersLimit: 1 });
    expect(memberPreview).toEqual([{ username: 'Zoe', avatar: null, userId: null }]);
  });

  it('that joined before there was a group count too', async () => {
    await call('groups.addMember', { groupId: 'early', username: 'Ann' });
    await call('groups.create', { name: 'early' });
    expect(await members('early')).toEqual({ memberCount: 1, names: ['Ann'] });
  });

  it('stay apart in a list, whatever the ids look like', async () => {
    for (const id of ['$full', '$groupId', '__proto__', 'constructor']) {
      await call('groups.create', { id, name: id });
      await call('groups.addMember', { groupId: id, username: `only in ${id}` });
    }
    const { groups: listed } = await call('groups.list', { includeMembers: true });
    for (const id of ['$full', '$groupId', '__proto__', 'constructor']) {
      const group = listed.find((one) => one.id === id);
      expect(group).toMatchObject({ memberCount: 1, memberPreview: [{ username: `only in ${id}` }] });
    }
    expect(listed.find((one) => one.id === 'full')).toMatchObject({ memberCount: 6 });
  });

  it('are left out unless asked for', async () => {
    const group = await call('groups.get', { groupId: 'full' });
    expect(group).not.toHaveProperty('memberCount');
    expect(group).not.toHaveProperty('memberPreview');
  });
});
