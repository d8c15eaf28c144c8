import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { openChangeStream } from '#shared/relay/change-stream.ts';
import { roomSource } from '#shared/relay/room-source.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { openRooms, type OpenRooms, type RoomsOptions } from '#shared/room-log/open.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';
import type { ParamsOf, ResultOf } from '#services/contracts.ts';
import { MembersRepository } from '#services/groups/members.repository.ts';
import { roomBroker, type RoomBroker } from '#test/shared/rooms/room-broker.ts';
import { testMongoUri } from '#test/support/database.ts';
import { CommandLog } from '#test/room-log/support/command-log.ts';
import { creation, fill, state } from '#test/room-log/support/entries.ts';
import { explain } from '#test/room-log/support/explain.ts';
import { ManualClock, submit } from '#test/room-log/support/instances.ts';
import { create } from '#test/room-log/support/messages.ts';
import { type Scattered, scatteredBy } from '#test/room-log/support/room-key.ts';

/**
 * MongoDB can be sharded by room: what a request for a room asks goes to the shard of that room. What has to ask every
 * shard is listed here, with what it costs there; docs/scaling.md explains it.
 */

/**
 * `keys`: answered by the index alone. `returned`: examines at most one document more than it returns. `log`: walks the
 * entries of seven days. `told`: cannot be explained; the page says what it costs.
 */
type Cost = 'keys' | 'returned' | 'log' | 'told';

const SCATTERED: Record<string, Record<string, Cost>> = {
  sweeper: {
    'aggregate room_log $match $group': 'keys',
    'find room_log {at:{$gte:?,$lt:?}} sort {at:1} limit': 'returned',
    'delete room_log {_id:{$in:?}}': 'returned',
    'find rooms {purgeAt:{$lte:?}} sort {purgeAt:1} limit': 'returned',
  },
  relay: {
    'aggregate room_log $changeStream $match $project': 'told',
    'find room_log {at:{$gte:?}} sort {room:1,from:1}': 'log',
  },
  'DM threads, inbox': {
    'find rooms {participants:?,listedAt:{$gte:?}} sort {listedAt:-1,_id:-1} limit': 'returned',
    'find rooms {$or:[{participants:?,listedAt:?,_id:{$lt:?}},{participants:?,listedAt:{$gte:?,$lt:?}}]} sort {listedAt:-1,_id:-1} limit':
      'returned',
  },
  'recordings of a user': {
    'find messages {usernameLc:?,kind:?,deleted:?,room:{$exists:?}} sort {createdAt:-1}': 'returned',
  },
  'members of listed groups': { 'aggregate 1 $documents $lookup $lookup': 'told' },
  'members of a deleted group': { 'delete group_members {_id:{$in:?}}': 'returned' },
};

const DAY = 24 * 3_600_000;
const ROOMS = ['talk', 'dm:ann|bob'];
const quiet = { info() {}, warn() {}, error() {} };

let rooms: RoomBroker;
let commands: CommandLog;
/** A client whose commands are not recorded, and another process's room log on it. */
let plain: MongoClient;
let other: OpenRooms;
const closing: (() => Promise<unknown>)[] = [];
const asked = new Set<string>();

const aside = () => collectionsOf(plain.db(rooms.database.name));

async function open(options: Partial<RoomsOptions> = {}): Promise<OpenRooms> {
  const opened = await openRooms({ db: rooms.database.db, logger: quiet, sweep: false, ...options });
  closing.push(() => opened.close());
  return opened;
}

/** What an operation asked of every shard. */
async function scatteredIn(operation: () => Promise<unknown>): Promise<Scattered[]> {
  commands.clear();
  await operation();
  expect(commands.sent.length).toBeGreaterThan(0);
  return commands.sent.flatMap((sent) => scatteredBy(sent));
}

const shapesOf = (found: readonly Scattered[]) => [...new Set(found.map(({ shape }) => shape))].sort();

/** Calls an action of the service that has the room. */
function ask<N extends keyof typeof roomContract>(
  room: string,
  name: N,
  params: Omit<ParamsOf<`messages.${N}`>, 'room'>,
): Promise<ResultOf<`messages.${N}`>> {
  asked.add(name);
  const action = `${room.startsWith('dm:') ? 'dm' : 'messages'}.${name}` as `messages.${N}`;
  return rooms.call(action, { room, ...params } as unknown as ParamsOf<`messages.${N}`>);
}

/** All that can be asked of a room, each kind of repeat included. */
async function requests(room: string): Promise<void> {
  const user = { userId: 'ann', username: 'Ann' };
  const { message } = await ask(room, 'create', { messageId: 'own-1', fresh: true, ...user, text: 'one' });
  const { timestamp } = message;
  await ask(room, 'create', { messageId: 'own-1', ...user, text: 'one' });
  for (const messageId of ['own-2', 'own-3'])
    await ask(room, 'create', { messageId, ...user, text: 'two', idempotencyKey: 'key' });
  await ask(room, 'create', { messageId: 'own-4', fresh: true, replyTo: { messageId: 'own-1', text: '' } });
  await ask(room, 'create', { messageId: 'own-5', fresh: true, replyTo: { timestamp, text: '' }, kind: 'audio' });
  await ask(room, 'heads', { rooms: [room, 'another'] });
  await ask(room, 'inspect', {});
  for (const count of [100, 100, 500]) await ask(room, 'latest', { count });
  await ask(room, 'edit', { messageId: 'own-1', newText: 'edited' });
  await ask(room, 'react', { messageId: 'own-1', emoji: '👍', user });
  for (const color of ['red', 'red', 'blue']) await ask(room, 'recolour', { username: 'Ann', color });
  const { createdAt } = message;
  for (const bounds of [{}, { before: createdAt + 1 }, { after: 0 }, { beforeSeq: 4, afterSeq: 1 }])
    await ask(room, 'page', bounds);
  await ask(room, 'around', { messageId: 'own-2' });
  const { next } = await ask(room, 'changes', { since: '0' });
  await Promise.all([
    ask(room, 'changes', { since: next, wait: 4 }),
    ask(room, 'create', { messageId: 'own-6', fresh: true, ...user, text: 'news' }),
  ]);
  await ask(room, 'byId', { messageId: 'own-4' });
  await ask(room, 'byTimestamp', { timestamp });
  await ask(room, 'backfillReplies', {});
  await ask(room, 'remove', { messageId: 'own-6' });
}

/** What requests ask after another process wrote, after a writer died, and after the head was lost. */
async function repairs(room: string): Promise<void> {
  await submit(other, room, create({}, true));
  await ask(room, 'latest', {});
  await submit(other, room, create({}, true));
  await rooms.post(room);
  await aside().log.insertOne(creation((await other.head(room))!, { messageId: 'left' }));
  await rooms.post(room);
  // A head is lost, then the log, too; each is asked for by a process that does not know the room.
  const lost = `${room}-lost`;
  await submit(other, lost, create());
  await aside().heads.deleteOne({ _id: lost });
  await submit(await open(), lost, create());
  await aside().heads.deleteOne({ _id: lost });
  await aside().log.deleteMany({ room: lost });
  await submit(await open(), lost, create());
}

/** Deleting it, and an id used again before the purge. */
async function deletion(room: string): Promise<void> {
  await ask(room, 'deleteRoom', {});
  await ask(room, 'create', { messageId: 'own-1', text: 'again', userId: 'ann', idempotencyKey: 'key' });
  await ask(room, 'latest', {});
}

beforeAll(async () => {
  const uri = testMongoUri();
  rooms = await roomBroker(
    {},
    {
      uri: `${uri}${uri.includes('?') ? '&' : '?'}monitorCommands=true`,
      // The sweepers of the services keep still: what they ask would be taken for a request's.
      prepare: (db) =>
        collectionsOf(db).meta.insertOne({ _id: 'lease:sweeper', holder: 'nobody', until: Number.MAX_SAFE_INTEGER }),
    },
  );
  commands = new CommandLog(rooms.database.client, rooms.database.name);
  plain = await new MongoClient(uri, { ignoreUndefined: true }).connect();
  other = await open({ db: plain.db(rooms.database.name) });
}, 30_000);

afterAll(async () => {
  for (const close of closing) await close();
  await plain.close();
  await rooms.stop();
});

describe('a request for a room names the room in every query and write', () => {
  it.each(ROOMS)('%s', async (room) => {
    for (const part of [requests, repairs, deletion]) expect(shapesOf(await scatteredIn(() => part(room)))).toEqual([]);
  });

  it('whatever action it is', () => {
    expect([...asked].sort()).toEqual(Object.keys(roomContract).sort());
  });

  it('with the read model and the members of its group, too', async () => {
    const members = new MembersRepository(rooms.database.db);
    const readModel = new ReadModel(rooms.database.db);
    await fill(aside(), 'kept', 20);
    const found = await scatteredIn(async () => {
      const writer = await open();
      for (const text of ['a', 'b']) {
        await submit(writer, 'kept', create({ text }));
        await readModel.save((await writer.window('kept'))!.window);
      }
      expect((await (await open({ readModel })).window('kept'))!.base).toBe('readmodel');
      await readModel.stored('kept');
      await readModel.remove('kept');
      const member = { groupId: 'kept', username: 'Ann', usernameLower: 'ann', role: 'member', joinedAt: 1 };
      await members.put({ ...member, updatedAt: 1 });
      await members.delete('kept', 'ann');
    });
    expect(shapesOf(found)).toEqual([]);
  });
});

describe('what names no room is in the list, with its cost', () => {
  const RUNS: Record<keyof typeof SCATTERED, () => Promise<unknown>> = {
    async sweeper() {
      const clock = new ManualClock(Date.now());
      const { sweeper } = await open({
        clock,
        sentBefore: () => Promise.resolve(clock.time - 7.5 * DAY),
      });
      await submit(other, 'short-lived', create());
      await submit(other, 'short-lived', { op: 'delete-room' });
      await sweeper.sweep();
      clock.time += 9 * DAY;
      await sweeper.sweep();
    },
    async relay() {
      const { db } = rooms.database;
      const source = roomSource(collectionsOf(db), 'generation');
      for (const room of ['r1', 'r2']) await submit(other, room, create());
      const { after } = await source.page(0, null);
      await source.page(0, after);
      const { collection, pipeline } = source.stream;
      const { signal } = new AbortController();
      const stream = await openChangeStream({ db, collection, pipeline, resumeAfter: null, waitMs: 1, signal });
      await stream.next();
      await stream.close();
    },
    async 'DM threads, inbox'() {
      await fill(aside(), 'dm:bob|cara', 3);
      const { threads } = await rooms.call('dm.threads', { user: 'bob' });
      const { latest, dmId } = threads[0]!;
      await rooms.call('dm.threads', { user: 'bob', before: `${latest}.${Buffer.from(dmId).toString('base64url')}` });
      await rooms.call('messages.inbox', { groups: ['talk', 'kept'], user: 'bob' });
      await rooms.call('messages.previews', { rooms: ['talk', 'kept'] });
    },
    async 'recordings of a user'() {
      await rooms.call('messages.recordings', { username: 'ann' });
      await rooms.call('messages.recordings', { username: 'ann', groupId: 'kept' });
    },
    'members of listed groups': () => new MembersRepository(rooms.database.db).summaries(['kept', 'talk'], 4),
    async 'members of a deleted group'() {
      const members = new MembersRepository(rooms.database.db);
      const member = { groupId: 'gone', username: 'Ann', usernameLower: 'ann', role: 'member', joinedAt: 1 };
      await members.put({ ...member, updatedAt: 1 });
      await members.deleteAll(['gone', 'other-id']);
    },
  };

  it.each(Object.keys(SCATTERED))('%s', async (who) => {
    const found = await scatteredIn(RUNS[who]!);
    expect(shapesOf(found)).toEqual(Object.keys(SCATTERED[who]!).sort());
    for (const { shape, query } of found) {
      if (!query) continue;
      const { docsExamined, returned, stages } = await explain(rooms.database.db, query);
      expect([shape, stages.filter((stage) => stage === 'COLLSCAN' || stage === 'SORT')]).toEqual([shape, []]);
      const most = { keys: 0, returned: returned + 1, log: Infinity, told: Infinity }[SCATTERED[who]![shape]!];
      expect([shape, docsExamined > most]).toEqual([shape, false]);
    }
  });
});

const find = (filter: object) => scatteredBy({ name: 'find', collection: 'room_log', command: { filter } }).length;

describe('the check', () => {
  it('finds a query, an update, a deletion and a document without a room', () => {
    const { room: _room, ...roomless } = state('talk', 1, 1);
    expect(find({ room: 'talk', from: 3 })).toBe(0);
    expect(find({ $or: [{ room: 'talk', from: 3 }, { room: { $in: ['a', 'b'] } }] })).toBe(0);
    expect(find({ $or: [{ room: 'talk' }, { from: 3 }] })).toBe(1);
    expect(find({ room: { $exists: true } })).toBe(1);
    expect(find({})).toBe(1);
    const collection = 'group_messages';
    const insert = { name: 'insert', collection, command: { documents: [state('talk', 1, 1), roomless] } };
    const update = { name: 'update', collection, command: { updates: [{ q: { room: { $in: ['a', 'b'] } } }] } };
    const remove = { name: 'delete', collection, command: { deletes: [{ q: { room: 'a' } }, { q: { seq: 1 } }] } };
    for (const sent of [insert, update, remove]) expect(scatteredBy(sent)).toHaveLength(1);
  });

  it('refuses what it does not know', () => {
    expect(() => scatteredBy({ name: 'find', collection: 'new', command: { filter: {} } })).toThrow('new');
    expect(() => scatteredBy({ name: 'distinct', collection: 'rooms', command: {} })).toThrow('distinct');
  });
});
