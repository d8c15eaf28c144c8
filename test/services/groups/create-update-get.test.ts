import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GroupsBroker, preview, startGroups } from '#test/services/groups/groups-broker.ts';

let groups: Awaited<ReturnType<typeof startGroups>>;
let call: GroupsBroker['call'];
beforeAll(async () => {
  groups = await startGroups();
  ({ call } = groups);
});
afterAll(() => groups.stop());

const stored = (id: string) => groups.database.db.collection('groups').findOne({ id });

describe('creating a group', () => {
  it('makes its id from the name, and both ids are the same', async () => {
    const group = await call('groups.create', { name: 'Fun Room' });
    expect(group).toEqual({
      id: 'fun-room',
      name: 'Fun Room',
      description: '',
      avatarUrl: null,
      databaseId: 'fun-room',
      slug: 'fun-room',
      onlineCount: 0,
    });
    expect(await stored('fun-room')).toEqual({
      _id: 'fun-room',
      id: 'fun-room',
      name: 'Fun Room',
      description: null,
      avatarUrl: null,
      rev: 1,
      updatedAt: expect.any(Number),
    });
  });

  it('takes the id that is sent, and a name that is absent is empty', async () => {
    const group = await call('groups.create', { id: 'My Id', description: 'd', avatarUrl: 'https://a.example/x.png' });
    expect(group).toMatchObject({ id: 'My Id', name: '', description: 'd', avatarUrl: 'https://a.example/x.png' });
  });

  it('overwrites every field of the group that has the id', async () => {
    await call('groups.create', { id: 'twice', name: 'First', description: 'd', avatarUrl: 'a' });
    const group = await call('groups.create', { id: 'twice', name: null });
    expect(group).toMatchObject({ id: 'twice', databaseId: 'twice', name: '', description: '', avatarUrl: null });
    expect(await stored('twice')).toMatchObject({ rev: 2, name: '', description: null, avatarUrl: null });
  });

  it.each([{}, { name: '' }, { name: null, id: null }, { id: '' }])('is refused for %j', async (params) => {
    await expect(call('groups.create', params)).rejects.toMatchObject({
      code: 422,
      type: 'validation_failed',
      message: 'name: is needed when there is no id',
    });
  });

  it.each([
    [{ id: '507f1f77bcf86cd799439011' }, 'id'],
    [{ id: 'dm:a|b' }, 'id'],
    [{ name: 'DM: me' }, 'name'],
    [{ name: 'a/b' }, 'name'],
    [{ id: '..', name: 'up' }, 'id'],
  ])('is refused for the id of %j', async (params, field) => {
    const before = await groups.database.db.collection('groups').countDocuments();
    await expect(call('groups.create', params)).rejects.toMatchObject({
      code: 422,
      message: expect.stringMatching(`^${field}: a group id must not`),
      data: { errors: [{ field, reason: expect.any(String) }] },
    });
    expect(await groups.database.db.collection('groups').countDocuments()).toBe(before);
  });
});

describe('a group by itself', () => {
  it('has no preview, and none of its times, before its first message', async () => {
    await call('groups.create', { name: 'quiet' });
    expect(await call('groups.get', { groupId: 'quiet' })).toEqual({
      id: 'quiet',
      name: 'quiet',
      description: '',
      avatarUrl: null,
      databaseId: 'quiet',
      slug: 'quiet',
      onlineCount: 0,
      lastMessagePreview: null,
    });
  });

  it('has the newest message and its time, the same at each reading', async () => {
    await call('groups.create', { name: 'loud' });
    groups.messages.previews.set('loud', preview());
    const first = await call('groups.get', { groupId: 'loud' });
    expect(first).toMatchObject({
      lastMessagePreview: preview(),
      lastMessageAt: 1_700_000_000_000,
      lastActiveAt: 1_700_000_000_000,
      summaryFetchedAt: 1_700_000_000_000,
    });
    expect(await call('groups.get', { groupId: 'loud' })).toEqual(first);
  });

  it('keeps an avatar of 1 MiB', async () => {
    const avatarUrl = `data:image/png;base64,${'A'.repeat(1024 * 1024 - 22)}`;
    await call('groups.create', { name: 'pictured', avatarUrl });
    expect((await call('groups.get', { groupId: 'pictured' })).avatarUrl).toBe(avatarUrl);
  });

  it.each(['nobody-made-this', '507f1f77bcf86cd799439011', '$gt', '__proto__'])('%j is unknown', async (groupId) => {
    await expect(call('groups.get', { groupId })).rejects.toMatchObject({ code: 404, message: 'Group not found' });
  });
});

describe('updating a group', () => {
  it('sets only what is sent, nulls included', async () => {
    await call('groups.create', { id: 'changing', name: 'n', description: 'd', avatarUrl: 'a' });
    expect(await call('groups.update', { groupId: 'changing', name: 'N' })).toMatchObject({
      name: 'N',
      description: 'd',
      avatarUrl: 'a',
    });
    expect(await call('groups.update', { groupId: 'changing', description: null, avatarUrl: null })).toEqual({
      id: 'changing',
      name: 'N',
      description: '',
      avatarUrl: null,
      databaseId: 'changing',
      slug: 'changing',
      onlineCount: 0,
    });
    expect(await stored('changing')).toMatchObject({ rev: 3 });
  });

  it('with nothing changes nothing', async () => {
    await call('groups.create', { id: 'still', name: 'n' });
    expect(await call('groups.update', { groupId: 'still' })).toMatchObject({ id: 'still', name: 'n' });
    expect(await stored('still')).toMatchObject({ rev: 1 });
  });

  it('of an unknown group is a 404', async () => {
    await expect(call('groups.update', { groupId: 'nobody', name: 'x' })).rejects.toMatchObject({ code: 404 });
  });
});
