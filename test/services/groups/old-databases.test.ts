import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { type GroupsBroker, preview, startGroups } from '#test/services/groups/groups-broker.ts';

let groups: Awaited<ReturnType<typeof startGroups>>;
let call: GroupsBroker['call'];
const bare = new ObjectId();
const hexNamed = '507f1f77bcf86cd799439011';

beforeAll(async () => {
  groups = await startGroups();
  ({ call } = groups);
  await groups.database.db
    .collection<{ _id: ObjectId }>('groups')
    .insertMany([
      { _id: bare },
      { _id: new ObjectId(), id: 5, name: 7, description: { a: 1 }, avatarUrl: ['x'] },
      { _id: new ObjectId(), id: 'plain', name: 'Plain', description: null },
      { _id: new ObjectId(), id: hexNamed, name: 'Hex', avatarUrl: null },
      { _id: new ObjectId(), id: 'DM:ann|bob', name: 'Like a DM' },
      { _id: new ObjectId(), id: 'x'.repeat(300), name: ['list'] },
    ] as { _id: ObjectId }[]);
  await groups.database.db.collection('group_members').insertMany([
    { groupId: '5', usernameLower: 'five' },
    { groupId: 'plain', username: 12, usernameLower: 'twelve', joinedAt: 'then' },
  ]);
});
afterAll(() => groups.stop());

describe('groups of an older database', () => {
  it('are all listed, whatever they lack', async () => {
    const { groups: listed, total } = await call('groups.list', { includeMembers: true });
    expect(total).toBe(6);
    expect(new Map(listed.map((one) => [one.id, one]))).toEqual(
      new Map(
        [
          { id: bare.toHexString(), name: '', memberCount: 0 },
          { id: '5', name: '7', memberCount: 1 },
          {
            id: 'plain',
            name: 'Plain',
            memberCount: 1,
            memberPreview: [{ username: '12', avatar: null, userId: null }],
          },
          { id: hexNamed, name: 'Hex' },
          { id: 'DM:ann|bob', name: 'Like a DM' },
          { id: 'x'.repeat(300), name: '' },
        ].map((one) => [
          one.id,
          expect.objectContaining({
            description: '',
            avatarUrl: null,
            slug: one.id,
            databaseId: expect.stringMatching(/^[0-9a-f]{24}$/),
            lastMessagePreview: null,
            ...one,
          }),
        ]),
      ),
    );
  });

  it('show no message of a DM whose name they have, and no other group waits for them', async () => {
    groups.messages.previews.set('DM:ann|bob', preview({ text: 'secret' }));
    groups.messages.previews.set('dm:ann|bob', preview({ text: 'secret' }));
    groups.messages.previews.set('plain', preview({ text: 'open' }));
    const { groups: listed } = await call('groups.list', {});
    expect(listed.find((one) => one.id === 'DM:ann|bob')?.lastMessagePreview).toBeNull();
    expect(listed.find((one) => one.id === 'plain')?.lastMessagePreview?.text).toBe('open');
  });

  it('are found by id, by a number as its digits, and without an id by databaseId', async () => {
    expect(await call('groups.get', { groupId: '5' })).toMatchObject({ id: '5', name: '7' });
    expect(await call('groups.get', { groupId: bare.toHexString() })).toMatchObject({ id: bare.toHexString() });
    expect(await call('groups.get', { groupId: hexNamed })).toMatchObject({ name: 'Hex' });
    expect(await call('groups.resolve', { databaseId: bare.toHexString() })).toBe(bare.toHexString());
  });

  it.each([
    ['plain', 'Plain'],
    ['5', '7'],
    [hexNamed, 'Hex'],
    ['DM:ann|bob', 'Like a DM'],
  ])('with the id %j are overwritten by creating it again, under the databaseId they have', async (id) => {
    const before = await call('groups.get', { groupId: id });
    const after = await call('groups.create', { id, name: 'new name' });
    expect(after).toMatchObject({ id, databaseId: before.databaseId, name: 'new name' });
    expect((await call('groups.list', {})).total).toBe(6);
  });

  it('that are named like a DM are deleted without the DM', async () => {
    expect(await call('groups.remove', { groupId: 'DM:ann|bob' })).toEqual({ success: true });
    expect(groups.messages.deletedRooms).toEqual([]);
    await expect(call('groups.get', { groupId: 'DM:ann|bob' })).rejects.toMatchObject({ code: 404 });
  });
});
