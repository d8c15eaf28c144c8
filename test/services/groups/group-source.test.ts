import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { groupSource } from '#services/groups/group-source.ts';
import { openRepositories, type Repositories } from '#services/groups/repositories.ts';
import { openRelayRig, type RelayRig } from '#test/shared/relay/support/rig.ts';
import type { TopicReader } from '#test/shared/relay/support/topic-reader.ts';
import { startKafka, type TestKafka } from '#test/support/kafka.ts';

jest.setTimeout(60_000);

let kafka: TestKafka;
let rig: RelayRig;
let repositories: Repositories;
let reader: TopicReader;

beforeAll(async () => {
  kafka = await startKafka();
});
afterAll(() => kafka.stop());

beforeEach(async () => {
  rig = await openRelayRig(kafka.bootstrap);
  repositories = await openRepositories(rig.database.db);
});
afterEach(() => rig.close());

const fields = (name: string) => ({ name, description: null, avatarUrl: null });
const make = (id: string) => repositories.groups.upsert(id, fields(id), 1);
const end = async (id: string) => repositories.groups.delete((await repositories.groups.find(id))!, 2);
const join = (groupId: string, name: string) =>
  repositories.members.put({
    groupId,
    username: name,
    usernameLower: name.toLowerCase(),
    role: 'member',
    joinedAt: 1,
    updatedAt: 1,
  });
const places = () => rig.database.db.collection('relay_places');

/** A relay that is past what there was when it began. */
async function follow() {
  const relay = await rig.relay(groupSource(rig.database.db));
  reader = await rig.read('groups');
  while (!(await places().findOne({ _id: 'groups' as never, backfill: { $exists: false } })))
    await new Promise((next) => setTimeout(next, 20));
  return relay;
}

const told = () =>
  reader.arrived.map(({ event: { type, data } }) => [
    type.replace('tm.', ''),
    'rev' in data ? data.rev : 'usernameLower' in data && data.usernameLower,
  ]);
const until = (count: number) => reader.until(({ length }) => length >= count);

describe('the relay of groups', () => {
  it('tells what becomes of a group and its members, in order, under the id of the group', async () => {
    await follow();
    const group = await make('hiking');
    await repositories.groups.update(group._id, { name: 'Hiking' }, 3);
    await join('hiking', 'Ann');
    await join('hiking', 'Ben');
    await repositories.members.delete('hiking', 'ann');
    await repositories.members.deleteAll(['hiking']);
    await end('hiking');
    await make('hiking');
    const arrived = await until(8);
    expect(told()).toEqual([
      ['group.created', 1],
      ['group.updated', 2],
      ['member.joined', 'ann'],
      ['member.joined', 'ben'],
      ['member.left', 'ann'],
      ['member.left', 'ben'],
      ['group.deleted', 3],
      // A group made again goes on counting.
      ['group.created', 4],
    ]);
    expect(arrived.map(({ message }) => message.key)).toEqual(Array.from({ length: 8 }, () => 'hiking'));
    expect(new Set(arrived.map(({ event }) => event.id)).size).toBe(8);
    expect(arrived[1]!.event.data).toMatchObject({ groupId: 'hiking', group: { name: 'Hiking', updatedAt: 3 } });
  });

  it('tells of groups of older databases by their slug, and of their deletion', async () => {
    const _id = new ObjectId();
    await rig.database.db.collection('groups').insertOne({ _id, id: 'old', name: 'Old' });
    await follow();
    await end('old');
    await until(2);
    expect(told()).toEqual([
      ['group.updated', 0],
      ['group.deleted', 1],
    ]);
    expect(reader.arrived[0]!.event.data).toMatchObject({ groupId: 'old', group: { databaseId: _id.toHexString() } });
  });

  it('after its place was lost it tells what was deleted, and the newest state of what there is', async () => {
    const relay = await follow();
    await make('kept');
    await make('gone');
    await until(2);
    await relay.stop();
    await places().deleteOne({ _id: 'groups' as never });
    await end('gone');
    await repositories.groups.update('kept', { name: 'Kept' }, 3);
    await join('kept', 'Ann');
    await rig.relay(groupSource(rig.database.db));
    await until(5);
    expect(told().slice(2)).toEqual([
      ['group.deleted', 2],
      ['group.updated', 2],
      ['member.joined', 'ann'],
    ]);
  });
});

describe('the rev of a group', () => {
  it('is never given twice, also when it is changed while it is being deleted', async () => {
    const before = await make('racing');
    await repositories.groups.update('racing', { name: 'changed' }, 2);
    await repositories.groups.delete(before, 3);
    expect(await repositories.groups.find('racing')).toBeNull();
    expect(await make('racing')).toMatchObject({ rev: 4 });
  });
});
