import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Db } from 'mongodb';
import { LIMITS } from '#shared/limits.ts';
import { ReadModel } from '#shared/read-model/read-model.ts';
import type { WindowDocument } from '#shared/read-model/window-document.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';
import { fill } from '#test/room-log/support/entries.ts';
import { type Instance, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, react } from '#test/room-log/support/messages.ts';

/** Latest windows read from the read model, as an instance does that holds none of its own. */

let rig: Rig;
let writer: Instance;
let model: ReadModel;

const documents = () => rig.database.db.collection<Partial<WindowDocument>>('read_messages_latest');

beforeAll(async () => {
  rig = await openRig();
  writer = await rig.open();
  model = new ReadModel(rig.database.db);
  await model.ensureIndexes();
});

afterAll(() => rig.close());

const windowOf = async (rooms: Instance, room: string) => (await rooms.window(room))!.window;
const store = async (room: string) => model.save(await windowOf(writer, room));
const cold = () => rig.openRecorded({ readModel: true });

/** Han characters in no order: three bytes each, which do not shrink much. */
const han = (length: number) =>
  String.fromCharCode(...Array.from({ length }, () => 0x4e_00 + Math.floor(Math.random() * 20_000)));

describe('a cold instance with a read model', () => {
  it('answers a room of 100,000 messages with one head and one document, and with the log alone where it went on', async () => {
    await fill(rig.collections, 'huge', 100_000);
    await store('huge');
    const { rooms, commands } = await cold();
    commands.clear();
    const read = (await rooms.window('huge'))!;
    expect([read.base, read.changes]).toEqual(['readmodel', 0]);
    expect(commands.names).toEqual(['find rooms', 'find read_messages_latest']);
    expect(read.window).toEqual(await windowOf(writer, 'huge'));

    await submit(writer, 'huge', create({ messageId: 'new' }));
    await submit(writer, 'huge', react('new', 'bob', '👍'));
    const other = await cold();
    other.commands.clear();
    const newer = (await other.rooms.window('huge'))!;
    expect([newer.base, newer.changes]).toEqual(['readmodel', 2]);
    expect(other.commands.names).toEqual(['find rooms', 'find read_messages_latest', 'find room_log']);
    expect(newer.window).toEqual(await windowOf(writer, 'huge'));
    expect(rooms.windowStats.readmodel + other.rooms.windowStats.readmodel).toBe(2);
  }, 60_000);

  it('asks it no more once it holds the room', async () => {
    await submit(writer, 'held', create());
    await store('held');
    const { rooms, commands } = await cold();
    await rooms.window('held');
    commands.clear();
    await submit(writer, 'held', create());
    expect((await rooms.window('held'))!.base).toBe('cache');
    expect(commands.names).toEqual(['find rooms', 'find room_log']);
  });

  it('never misses a write, however far the read model lags: the log, else a query brings it', async () => {
    await submit(writer, 'lagging', create({ messageId: 'a' }));
    await store('lagging');
    for (let turn = 1; turn <= 3; turn += 1) {
      await submit(writer, 'lagging', edit('a', `text ${turn}`));
      const { rooms } = await cold();
      const read = (await rooms.window('lagging'))!;
      expect([read.base, read.changes, viewsOfWindow(read.window)[0]!.text]).toEqual([
        'readmodel',
        turn,
        `text ${turn}`,
      ]);
    }
    await Promise.all(Array.from({ length: 600 }, (_, one) => submit(writer, 'lagging', react('a', `u-${one}`, '👍'))));
    const { rooms } = await cold();
    const read = (await rooms.window('lagging'))!;
    expect([read.base, Object.keys(viewsOfWindow(read.window)[0]!.reactions).length]).toEqual(['query', 600]);
  });

  it('queries where the document is of another epoch, of the old shape, damaged, or cannot be read', async () => {
    for (const room of ['epoch', 'old', 'damaged', 'short']) {
      await submit(writer, room, create({ text: 'right' }));
      await store(room);
    }
    await documents().updateOne({ groupId: 'epoch' }, { $set: { epoch: 'of.another' } });
    await documents().replaceOne({ groupId: 'old' }, { groupId: 'old', items: [{ text: 'frozen' }] } as object);
    const garbage = (await documents().findOne({ groupId: 'damaged' }))!.content!;
    garbage.buffer.fill(7);
    await documents().updateOne({ groupId: 'damaged' }, { $set: { content: garbage } });
    await documents().updateOne({ groupId: 'short' }, { $set: { count: 5 } });
    const { rooms } = await cold();
    for (const room of ['epoch', 'old', 'damaged', 'short', 'absent']) {
      if (room === 'absent') await submit(writer, room, create({ text: 'right' }));
      const read = (await rooms.window(room))!;
      expect([room, read.base, viewsOfWindow(read.window)[0]!.text]).toEqual([room, 'query', 'right']);
    }
    expect(rooms.lines.filter((line) => line.includes('cannot be read'))).toEqual([
      'the read model cannot be read: Error: the window of damaged is damaged',
      'the read model cannot be read: Error: the window of short has 1 of 5 messages',
    ]);
  });

  it('shows a deleted room empty, whatever the document has', async () => {
    await submit(writer, 'deleted', create());
    await store('deleted');
    await submit(writer, 'deleted', deleteRoom);
    const { rooms } = await cold();
    expect((await rooms.window('deleted'))!.window).toMatchObject({ items: [], floorSeq: 1, startSeq: 2 });
  });

  it('shows quotes of messages outside the window as they are now', async () => {
    await submit(writer, 'quoting', create({ messageId: 'target', text: 'before' }));
    await Promise.all(Array.from({ length: 500 }, () => submit(writer, 'quoting', create())));
    await submit(writer, 'quoting', create({ replyTo: { messageId: 'target', text: 'sent' } }));
    await store('quoting');
    await submit(writer, 'quoting', edit('target', 'after'));
    const { rooms, commands } = await cold();
    commands.clear();
    const { window } = (await rooms.window('quoting'))!;
    expect(window.quotes.get('target')!.text).toBe('after');
    expect(commands.names).toEqual(['find rooms', 'find read_messages_latest', 'find room_log']);
  });
});

describe('a stored window', () => {
  it('is never replaced by an older one, nor twice by the same', async () => {
    await submit(writer, 'order', create());
    const first = await windowOf(writer, 'order');
    await submit(writer, 'order', create());
    const second = await windowOf(writer, 'order');
    expect(await model.save(second)).toBe(true);
    expect(await model.save(first)).toBe(false);
    expect(await model.save(second)).toBe(false);
    expect((await model.stored('order'))!.rev).toBe(2);
  });

  it('is one a room, and the newest, whoever writes at once', async () => {
    const windows = [];
    for (let turn = 0; turn < 10; turn += 1) {
      await submit(writer, 'raced', create());
      windows.push(await windowOf(writer, 'raced'));
    }
    await Promise.all(windows.map((window) => model.save(window)));
    expect(await documents().countDocuments({ groupId: 'raced' })).toBe(1);
    expect(await model.load('raced')).toEqual(windows.at(-1));
  });

  it('takes the place of a document of the old shape, and of one of another epoch', async () => {
    await submit(writer, 'taken', create());
    const window = await windowOf(writer, 'taken');
    await documents().insertOne({ groupId: 'taken', items: [], updatedAt: 1 } as object);
    expect(await model.save(window)).toBe(true);
    expect(await model.save({ ...window, epoch: 'g.later', rev: 1 })).toBe(true);
    expect((await model.load('taken'))!.epoch).toBe('g.later');
  });
});

describe('the collection', () => {
  it('has its index again after it was dropped while all goes on', async () => {
    await submit(writer, 'dropped', create());
    await store('dropped');
    await documents().drop();
    expect(await model.load('dropped')).toBeNull();
    expect(await store('dropped')).toBe(true);
    expect((await documents().indexes()).map(({ key, unique }) => ({ key, unique }))).toContainEqual({
      key: { groupId: 1 },
      unique: true,
    });
  });

  it('keeps nobody waiting for more than half a second, and no more than 256 rooms in the queue', async () => {
    const silent = { find: () => ({ toArray: () => new Promise(() => undefined) }) };
    const slow = new ReadModel({ collection: () => silent } as unknown as Db);
    const begun = performance.now();
    const loads = await Promise.allSettled(Array.from({ length: 300 }, (_, n) => slow.load(`room ${n}`)));
    expect(performance.now() - begun).toBeLessThan(1_500);
    const reasons = loads.map((one) => (one as PromiseRejectedResult).reason as Error);
    expect(reasons.filter(({ message }) => message === 'no answer for 500 ms')).toHaveLength(256);
    expect(reasons.filter(({ message }) => message === '256 rooms wait for it already')).toHaveLength(44);
  });
});

describe('the budget of a document', () => {
  it.each([
    ['the longest texts in characters of three bytes', () => ({ text: han(LIMITS.text) })],
    [
      'avatars that are data URLs',
      () => ({ avatar: `data:image/png;base64,${randomBytes(49_000).toString('base64')}` }),
    ],
  ])('holds a full window of %s, which is served whole', async (name, fields) => {
    const room = name.slice(0, 20);
    for (let turn = 0; turn < 10; turn += 1)
      await Promise.all(Array.from({ length: 10 }, () => submit(writer, room, create(fields()))));
    const window = await windowOf(writer, room);
    expect(window.bytes).toBeLessThanOrEqual(LIMITS.windowBytes);
    expect(window.bytes).toBeGreaterThan(0.9 * LIMITS.windowBytes);
    await model.save(window);
    const { content } = (await documents().findOne({ groupId: room }))!;
    expect(content!.length()).toBeLessThanOrEqual(LIMITS.windowBytes);
    const { rooms } = await cold();
    const read = (await rooms.window(room))!;
    expect(read.base).toBe('readmodel');
    expect(read.window).toEqual(window);
  });
});
