import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { changedSince } from '#shared/room-log/changes.ts';
import { messageById, messageByTimestamp } from '#shared/room-log/lookups.ts';
import { pageOf } from '#shared/room-log/page.ts';
import { newestPreviewable } from '#shared/room-log/previews.ts';
import { threadsOf } from '#shared/room-log/threads.ts';
import type { Head } from '#shared/room-log/types.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';
import { creation } from '#test/room-log/support/entries.ts';
import { failing, intercept } from '#test/room-log/support/faults.ts';
import { type Instance, ManualClock, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, recolour } from '#test/room-log/support/messages.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let rig: Rig;
let rooms: Instance;
let clock: ManualClock;

// Sweeping concerns the whole database: each test has its own.
beforeEach(async () => {
  rig = await openRig();
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  rooms = await rig.open({ clock });
});

afterEach(() => rig.close());

const textsOf = async (room: string, reader = rooms) => {
  const read = await reader.window(room);
  return read ? viewsOfWindow(read.window).map(({ text }) => text) : undefined;
};
const headOf = async (room: string) => (await rooms.head(room)) as Head;

const untilShown = async (room: string, count: number) => {
  while ((await headOf(room)).seq < count) await new Promise((next) => setTimeout(next, 20));
};

describe('L7: the sweeper', () => {
  it('L7: applies what a died writer left beyond the head', async () => {
    await submit(rooms, 'left', create({ text: 'one' }));
    const first = creation(await headOf('left'), { text: 'two' }, clock.now());
    const second = creation(first.head, { text: 'three' }, clock.now());
    await rig.collections.log.insertMany([first, second]);
    expect(await textsOf('left')).toEqual(['one']);
    await rooms.sweeper.sweep();
    expect(await textsOf('left')).toEqual(['one', 'two', 'three']);
    expect(await headOf('left')).toMatchObject({ rev: 3, seq: 3 });
  });

  it('L7: runs by itself at start, in one process at a time, and goes on in another when that one stops', async () => {
    await submit(rooms, 'own', create({ text: 'one' }));
    const leaveBehind = async (text: string) =>
      rig.collections.log.insertOne(creation(await headOf('own'), { text }, clock.now()));
    await leaveBehind('two');
    const first = await rig.open({ clock, sweep: true, sweepIntervalMs: 20 });
    await untilShown('own', 2);
    const second = await rig.open({ clock, sweep: true, sweepIntervalMs: 20 });
    const lease = await rig.collections.meta.findOne({ _id: 'lease:sweeper' });
    expect(lease!.holder).toBeDefined();
    await first.close();
    await leaveBehind('three');
    await untilShown('own', 3);
    expect((await rig.collections.meta.findOne({ _id: 'lease:sweeper' }))!.holder).not.toBe(lease!.holder);
    await second.close();
    expect(await rig.collections.meta.findOne({ _id: 'lease:sweeper' })).toBeNull();
  });

  it('L7: forgets entries of more than 7 days ago, those at or below their head only', async () => {
    await submit(rooms, 'old', create({ text: 'one' }));
    await submit(rooms, 'old', create({ text: 'two' }));
    await submit(rooms, 'blocked', create({ text: 'one' }));
    const beyond = creation(await headOf('blocked'), { text: 'beyond' }, clock.now());
    clock.time += 8 * DAY;
    await submit(rooms, 'old', create({ text: 'three' }));
    // Nobody can apply this one: another message holds its place.
    await rig.collections.log.insertOne(beyond);
    await rig.collections.group.insertOne({ ...beyond.changes[0]!.message!, messageId: 'intruder' });
    await rooms.sweeper.sweep();
    const left = await rig.collections.log.find().sort({ room: 1, from: 1 }).toArray();
    expect(left.map(({ room, from }) => [room, from])).toEqual([
      ['blocked', 2],
      ['old', 3],
    ]);
    // A reader that has an old window, and one that has none, and a writer, all go on.
    expect(await textsOf('old')).toEqual(['one', 'two', 'three']);
    expect(await textsOf('old', await rig.open({ clock }))).toEqual(['one', 'two', 'three']);
    expect((await submit(await rig.open({ clock }), 'old', create({ text: 'four' }))).message).toMatchObject({
      rev: 4,
    });
  });

  it('L7: with events on it keeps what Kafka does not have yet, says so, and forgets it once it is sent', async () => {
    const start = clock.time;
    let sent = 0;
    const relayed = await rig.open({ clock, sentBefore: async () => sent });
    await submit(relayed, 'sent', create());
    clock.time += 2 * HOUR;
    await submit(relayed, 'unsent', create());
    clock.time += 8 * DAY;
    const left = async () => (await rig.collections.log.find().toArray()).map(({ room }) => room).sort();
    await relayed.sweeper.sweep();
    expect(await left()).toEqual(['sent', 'unsent']);
    expect(relayed.sweeper.overdueMs).toBe(DAY + 2 * HOUR);
    expect(relayed.lines.filter((line) => line.includes('has not sent them'))).toHaveLength(1);

    // An entry may be stored some time after it was computed: an hour before what is sent is sure to be.
    sent = start + HOUR + 1;
    await relayed.sweeper.sweep();
    expect(await left()).toEqual(['unsent']);
    expect(relayed.sweeper.overdueMs).toBe(DAY);
    sent = clock.time;
    await relayed.sweeper.sweep();
    expect(await left()).toEqual([]);
    expect(relayed.sweeper.overdueMs).toBe(0);
    expect(relayed.lines.filter((line) => line.includes('has not sent them'))).toHaveLength(1);
  });

  it('L7: forgets in chunks, however many there are', async () => {
    await submit(rooms, 'many', create());
    const head = await headOf('many');
    const entries = Array.from({ length: 2_500 }, (_, index) => ({
      ...creation({ ...head, rev: head.rev - 2_501 + index }, {}, clock.now()),
      changes: [],
    }));
    await rig.collections.log.insertMany(entries);
    clock.time += 8 * DAY;
    await rooms.sweeper.sweep();
    expect(await rig.collections.log.countDocuments()).toBe(0);
  });

  it('L7: a reader whose window the log no longer reaches takes a new base', async () => {
    const reader = await rig.open({ clock });
    await submit(rooms, 'trimmed', create({ text: 'one' }));
    expect(await textsOf('trimmed', reader)).toEqual(['one']);
    await submit(rooms, 'trimmed', create({ text: 'two' }));
    clock.time += 8 * DAY;
    await rooms.sweeper.sweep();
    await submit(rooms, 'trimmed', create({ text: 'three' }));
    const read = (await reader.window('trimmed'))!;
    expect(read.base).toBe('query');
    expect(viewsOfWindow(read.window).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  });

  it('L7: rebuilds a missing head from the log, with what it says of deletions and keys', async () => {
    const key = { author: 'id:ann', key: 'k', keyHash: 'h' };
    await submit(rooms, 'dm:lost|x', create({ messageId: 'a', text: 'old', ...key }));
    await submit(rooms, 'dm:lost|x', deleteRoom);
    await submit(rooms, 'dm:lost|x', create({ messageId: 'a', text: 'new', ...key }));
    const { purgeAt: _purgeAt, ...before } = await headOf('dm:lost|x');
    await rig.collections.heads.deleteOne({ _id: 'dm:lost|x' });
    expect(await textsOf('dm:lost|x')).toBeUndefined();
    await rooms.sweeper.sweep();
    expect(await headOf('dm:lost|x')).toMatchObject(before);
    expect(await textsOf('dm:lost|x')).toEqual(['new']);
  });

  it('L7: rebuilds a missing head from the documents where the log is gone, with another epoch', async () => {
    await submit(rooms, 'dm:bare|x', create({ text: 'one' }));
    await submit(rooms, 'dm:bare|x', create({ text: 'two', previewable: undefined }));
    const before = await headOf('dm:bare|x');
    await rig.collections.heads.deleteOne({ _id: 'dm:bare|x' });
    await rig.collections.log.deleteMany({ room: 'dm:bare|x' });
    const other = await rig.open({ clock });
    await submit(other, 'dm:bare|x', create({ text: 'three' }));
    const after = await headOf('dm:bare|x');
    expect(after).toMatchObject({ rev: 3, seq: 3, floorSeq: 0, participants: ['bare', 'x'], lastSeq: 3 });
    expect(after.epoch).not.toBe(before.epoch);
    expect(await textsOf('dm:bare|x')).toEqual(['one', 'two', 'three']);
  });

  it('L7: purges a deleted room, and looks again an hour later for what a frozen writer put back', async () => {
    await submit(rooms, 'gone', create({ text: 'one' }));
    await submit(rooms, 'gone', recolour('ann', 'red'));
    const [old] = await rig.collections.group.find({ room: 'gone' }).toArray();
    await submit(rooms, 'gone', deleteRoom);
    await submit(rooms, 'gone', create({ text: 'two' }));
    await rooms.sweeper.sweep();
    const documents = async () =>
      (await rig.collections.group.find({ room: 'gone' }).toArray()).map(({ text }) => text);
    expect(await documents()).toEqual(['two']);
    expect(await rig.collections.colours.countDocuments({ room: 'gone' })).toBe(0);
    // Writes meanwhile leave the appointment alone.
    await submit(rooms, 'gone', create({ text: 'three' }));
    await rig.collections.group.insertOne(old!);
    await rooms.sweeper.sweep();
    expect(await documents()).toHaveLength(3);
    expect(await textsOf('gone')).toEqual(['two', 'three']);
    clock.time += HOUR + 1;
    await rooms.sweeper.sweep();
    expect((await documents()).sort()).toEqual(['three', 'two']);
    clock.time += HOUR + 1;
    await rooms.sweeper.sweep();
    expect((await headOf('gone')).purgeAt).toBeUndefined();
  });

  it('L7: a purge of many documents goes in chunks that name room, seq and ids', async () => {
    await Promise.all(Array.from({ length: 1_200 }, () => submit(rooms, 'big', create({}, true))));
    await submit(rooms, 'big', deleteRoom);
    await submit(rooms, 'big', create({ text: 'new' }));
    const filters: Record<string, unknown>[] = [];
    const sweeping = await rig.open({
      clock,
      faults: (sound) =>
        intercept(sound, 'group', 'deleteMany', (proceed, [filter]) => {
          filters.push(filter as Record<string, unknown>);
          return proceed();
        }),
    });
    await sweeping.sweeper.sweep();
    expect(filters).toHaveLength(2);
    for (const filter of filters) {
      expect(filter).toMatchObject({ room: 'big', seq: { $lte: 1_200 } });
      expect((filter._id as { $in: unknown[] }).$in.length).toBeLessThanOrEqual(1_000);
    }
    expect(await rig.collections.group.countDocuments({ room: 'big' })).toBe(1);
  });

  it('L7: a purge that a crash cut goes on, and still looks again an hour later', async () => {
    await submit(rooms, 'cut', create({ text: 'one' }));
    const [old] = await rig.collections.group.find({ room: 'cut' }).toArray();
    await submit(rooms, 'cut', deleteRoom);
    const dying = await rig.open({
      clock,
      faults: (sound) => intercept(sound, 'group', 'deleteMany', failing(1, 'after')),
    });
    await expect(dying.sweeper.sweep()).rejects.toThrow('cut');
    await rooms.sweeper.sweep();
    await rig.collections.group.insertOne(old!);
    clock.time += HOUR + 1;
    await rooms.sweeper.sweep();
    expect(await rig.collections.group.countDocuments({ room: 'cut' })).toBe(0);
  });
});

describe('L13: deleting a room', () => {
  it('L13: every read and look-up sees only what came after, before anything is purged', async () => {
    const room = 'dm:ann|bob';
    const [old] = await Promise.all([
      submit(rooms, room, create({ messageId: 'old', text: 'old' })),
      submit(rooms, room, create()),
    ]);
    expect((await threadsOf(rooms.collections, 'ann', null, 10)).threads).toHaveLength(1);
    const { count } = await submit(rooms, room, deleteRoom);
    expect(count).toBe(2);
    for (const reader of [rooms, await rig.open({ clock })]) {
      const head = (await reader.head(room))!;
      expect(head).toMatchObject({ seq: 2, floorSeq: 2, rev: 3, lastSeq: null, previewSeq: null });
      expect(await textsOf(room, reader)).toEqual([]);
      expect((await pageOf(rooms.collections, head, {}, 10)).items).toEqual([]);
      expect((await pageOf(rooms.collections, head, { after: 0 }, 10)).items).toEqual([]);
      expect((await changedSince(rooms.collections, head, { rev: 0, seq: 0 }, 10)).items).toEqual([]);
      expect(await messageByTimestamp(rooms.collections, head, old.message!.timestamp)).toBeNull();
      expect((await messageById(rooms.collections, room, 'old'))!.seq).toBeLessThanOrEqual(head.floorSeq);
      expect((await threadsOf(rooms.collections, 'ann', null, 10)).threads).toEqual([]);
      expect(await newestPreviewable(rooms.collections, [head])).toEqual(new Map());
    }
    await expect(submit(rooms, room, edit('old', 'x'))).rejects.toMatchObject({ type: 'message_not_found' });
    // Again: nothing is left to delete, and no rev is taken.
    expect((await submit(rooms, room, deleteRoom)).count).toBe(0);
    expect((await rooms.head(room))!.rev).toBe(3);
  });

  it('L13: a room made again goes on counting, and quotes of what is gone show what was sent', async () => {
    await submit(rooms, 'again', create({ messageId: 'a', text: 'gone' }));
    await submit(rooms, 'again', deleteRoom);
    const replyTo = { messageId: 'a', text: 'as sent' };
    const { message } = await submit(rooms, 'again', create({ text: 'reply', replyTo }));
    expect(message).toMatchObject({ seq: 2, rev: 3 });
    const { window } = (await rooms.window('again'))!;
    expect(window.quotes.get('a')).toBeNull();
    expect(window.items.map(({ seq }) => seq)).toEqual([2]);
  });
});
