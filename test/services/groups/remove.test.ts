import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { Fault } from '#shared/errors.ts';
import { type GroupsBroker, startGroups } from '#test/services/groups/groups-broker.ts';

let groups: Awaited<ReturnType<typeof startGroups>>;
let call: GroupsBroker['call'];
beforeAll(async () => {
  groups = await startGroups();
  ({ call } = groups);
});
afterAll(() => groups.stop());
beforeEach(() => {
  groups.messages.deletedRooms.length = 0;
  groups.messages.onDelete = async () => undefined;
});

const collection = (name: string) => groups.database.db.collection(name);

/** A group as older databases have it; its databaseId. */
const insertOld = async (id: string) => {
  const _id = new ObjectId();
  await collection('groups').insertOne({ _id, id, name: id, description: null });
  return _id.toHexString();
};

describe('deleting a group', () => {
  it('empties its room and takes its members and itself away', async () => {
    await call('groups.create', { name: 'gone' });
    await call('groups.create', { name: 'kept' });
    await call('groups.addMember', { groupId: 'gone', username: 'Ann' });
    await call('groups.addMember', { groupId: 'kept', username: 'Ann' });
    expect(await call('groups.remove', { groupId: 'gone' })).toEqual({ success: true });

    expect(groups.messages.deletedRooms).toEqual(['gone']);
    expect(await collection('group_members').distinct('groupId')).toEqual(['kept']);
    await expect(call('groups.get', { groupId: 'gone' })).rejects.toMatchObject({ code: 404 });
    await expect(call('groups.remove', { groupId: 'gone' })).rejects.toMatchObject({ code: 404 });
    expect(await collection('group_aliases').countDocuments()).toBe(0);
    expect((await call('groups.list', {})).groups.map((one) => one.id)).toEqual(['kept']);
  });

  it('takes nothing away when its room could not be emptied, and a repeat finishes it', async () => {
    await call('groups.create', { name: 'stuck' });
    await call('groups.addMember', { groupId: 'stuck', username: 'Ann' });
    groups.messages.onDelete = () => Promise.reject(new Fault('not_stored'));
    await expect(call('groups.remove', { groupId: 'stuck' })).rejects.toMatchObject({ code: 503, type: 'not_stored' });
    expect(await call('groups.get', { groupId: 'stuck', includeMembers: true })).toMatchObject({ memberCount: 1 });

    groups.messages.onDelete = async () => undefined;
    expect(await call('groups.remove', { groupId: 'stuck' })).toEqual({ success: true });
    await expect(call('groups.get', { groupId: 'stuck' })).rejects.toMatchObject({ code: 404 });
  });

  it('goes on after a caller who could not wait for all its members', async () => {
    await call('groups.create', { name: 'huge' });
    const rows = Array.from({ length: 20_000 }, (_, n) => ({ groupId: 'huge', usernameLower: `u${n}`, joinedAt: n }));
    await collection('group_members').insertMany(rows);
    // Emptying the room leaves no time for the members.
    groups.messages.onDelete = () => sleep(1_750);
    await expect(call('groups.remove', { groupId: 'huge' }, 2_000)).rejects.toMatchObject({ type: 'outcome_unknown' });
    const there = () => collection('groups').countDocuments({ id: 'huge' });
    while ((await there()) > 0) await sleep(20);
    expect(await collection('group_members').countDocuments({ groupId: 'huge' })).toBe(0);
  });
});

describe('the databaseId of an old group', () => {
  it('stands for its slug in every call', async () => {
    const hex = await insertOld('old');
    expect(await call('groups.resolve', { databaseId: hex })).toBe('old');
    expect(await call('groups.resolve', { databaseId: hex.toUpperCase() })).toBe('old');
    expect(await call('groups.get', { groupId: hex })).toMatchObject({ id: 'old', databaseId: hex, slug: 'old' });
    expect(await call('groups.update', { groupId: hex, name: 'New' })).toMatchObject({ id: 'old', name: 'New' });
    await call('groups.addMember', { groupId: hex, username: 'Ann' });
    await call('groups.addMember', { groupId: 'old', username: 'ann' });
    expect(await call('groups.get', { groupId: 'old', includeMembers: true })).toMatchObject({ memberCount: 1 });
    await call('groups.removeMember', { groupId: hex.toUpperCase(), username: 'ANN' });
    expect(await collection('group_members').countDocuments({ groupId: 'old' })).toBe(0);
  });

  it('outlives the group, and stands for a group made again under its id', async () => {
    const hex = await insertOld('again');
    await collection('group_members').insertOne({ groupId: hex, username: 'Ann', usernameLower: 'ann', joinedAt: 1 });
    await call('groups.remove', { groupId: hex });
    expect(groups.messages.deletedRooms).toEqual(['again']);
    expect(await call('groups.resolve', { databaseId: hex })).toBe('again');
    expect(await collection('group_members').countDocuments({ groupId: { $in: [hex, 'again'] } })).toBe(0);
    await expect(call('groups.get', { groupId: hex })).rejects.toMatchObject({ code: 404 });

    await call('groups.create', { name: 'again' });
    expect(await call('groups.get', { groupId: hex })).toMatchObject({ id: 'again', databaseId: 'again' });
  });

  it('is known as an alias before the group goes', async () => {
    const hex = await insertOld('half');
    const seen: unknown[] = [];
    groups.messages.onDelete = async () => {
      seen.push(await call('groups.resolve', { databaseId: hex }));
    };
    await call('groups.remove', { groupId: 'half' });
    expect(seen).toEqual(['half']);
    expect(await call('groups.resolve', { databaseId: hex })).toBe('half');
  });

  it.each(['507f1f77bcf86cd799439011', 'fun', '', '24-characters-and-no-hex'])('%j is none', async (databaseId) => {
    expect(await call('groups.resolve', { databaseId })).toBeNull();
  });
});
