import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { changedSince } from '#shared/room-log/changes.ts';
import { messageById, messageByTimestamp } from '#shared/room-log/lookups.ts';
import { pageAround, pageOf } from '#shared/room-log/page.ts';
import { newestPreviewable } from '#shared/room-log/previews.ts';
import type { Head } from '#shared/room-log/types.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';
import type { CommandLog } from '#test/room-log/support/command-log.ts';
import { fill, state } from '#test/room-log/support/entries.ts';
import { explain, queriesOf } from '#test/room-log/support/explain.ts';
import { type Instance, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, edit, react, recolour, remove } from '#test/room-log/support/messages.ts';

/** P9: what operations cost, counted in commands and documents. */

let rig: Rig;
let rooms: Instance;
let other: Instance;
let commands: CommandLog;

beforeAll(async () => {
  rig = await openRig();
  ({ rooms, commands } = await rig.openRecorded());
  other = await rig.open();
});

beforeEach(() => commands.clear());

afterAll(() => rig.close());

describe('P9: the cost of a read', () => {
  it('is one find on rooms for the latest window of an unchanged room', async () => {
    await submit(rooms, 'hot', create());
    await rooms.window('hot');
    commands.clear();
    expect((await rooms.window('hot'))!.window.items).toHaveLength(1);
    expect(commands.names).toEqual(['find rooms']);
  });

  it('stays one find after a write of the own process', async () => {
    await submit(rooms, 'mine', create({ messageId: 'a' }));
    await rooms.window('mine');
    await submit(rooms, 'mine', edit('a', 'new'));
    commands.clear();
    expect(viewsOfWindow((await rooms.window('mine'))!.window)[0]!.text).toBe('new');
    expect(commands.names).toEqual(['find rooms']);
  });

  it('is one query more on the log after a change of another process, and on nothing else', async () => {
    await submit(rooms, 'foreign', create());
    await rooms.window('foreign');
    await submit(other, 'foreign', create());
    commands.clear();
    const read = (await rooms.window('foreign'))!;
    expect([read.base, read.changes, read.window.items.length]).toEqual(['cache', 1, 2]);
    expect(commands.names).toEqual(['find rooms', 'find room_log']);
    commands.clear();
    await rooms.window('foreign');
    expect(commands.names).toEqual(['find rooms']);
  });

  it('is shared: 32 readers of 32 rooms need one query for their heads, 32 readers of one room too', async () => {
    const names = Array.from({ length: 32 }, (_, index) => `shared-${index}`);
    await Promise.all(names.map((room) => submit(rooms, room, create())));
    await Promise.all(names.map((room) => rooms.window(room)));
    commands.clear();
    await Promise.all(names.map((room) => rooms.window(room)));
    expect(commands.names).toEqual(['find rooms']);
    commands.clear();
    await Promise.all(names.map(() => rooms.window('shared-0')));
    expect(commands.names).toEqual(['find rooms']);
  });

  it('joins no query that is under way: a read that starts after a write sees it', async () => {
    await submit(rooms, 'joined', create());
    await rooms.window('joined');
    for (let turn = 0; turn < 20; turn += 1) {
      const early = rooms.window('joined');
      await new Promise((next) => setImmediate(next));
      await submit(other, 'joined', create());
      expect((await rooms.window('joined'))!.window.rev).toBe(turn + 2);
      await early;
    }
  });

  it('is shared by all who see a change first: one log query for 32 readers', async () => {
    await submit(rooms, 'crowd', create());
    await rooms.window('crowd');
    await submit(other, 'crowd', create());
    commands.clear();
    const reads = await Promise.all(Array.from({ length: 32 }, () => rooms.window('crowd')));
    for (const read of reads) expect(read!.window.rev).toBe(2);
    expect(commands.names).toEqual(['find rooms', 'find room_log']);
  });

  it('is bounded where much was missed: a new base instead of a long log', async () => {
    await submit(rooms, 'missed', create({ messageId: 'a' }));
    await rooms.window('missed');
    await Promise.all(
      Array.from({ length: 600 }, (_, index) => submit(other, 'missed', react('a', `user-${index}`, '👍'))),
    );
    commands.clear();
    expect((await rooms.window('missed'))!.base).toBe('query');
    expect(commands.names).toEqual(['find rooms', 'find group_messages']);
  });
});

describe('P9: the cost of a write', () => {
  const WRITE = ['insert room_log', 'insert group_messages', 'update rooms'];

  it('is three commands and no read for a new message where the end is known', async () => {
    await submit(rooms, 'writes', create({}, true));
    commands.clear();
    await submit(rooms, 'writes', create({}, true));
    expect(commands.names).toEqual(WRITE);
  });

  it('is one read more for what must be known', async () => {
    await submit(rooms, 'reads', create({ messageId: 'a' }, true));
    const CHANGE = ['find group_messages', 'insert room_log', 'update group_messages', 'update rooms'];
    for (const command of [edit('a', 'x'), react('a', 'bob', '👍')]) {
      commands.clear();
      await submit(rooms, 'reads', command);
      expect(commands.names).toEqual(CHANGE);
    }
    commands.clear();
    await submit(rooms, 'reads', create({ author: 'id:a', key: 'k', keyHash: 'h' }, true));
    expect(commands.names).toEqual(['find group_messages', ...WRITE]);
  });

  it('is the same for 500 writes of one room as for one', async () => {
    await submit(rooms, 'many', create({}, true));
    commands.clear();
    await Promise.all(Array.from({ length: 500 }, () => submit(rooms, 'many', create({}, true))));
    expect(commands.names).toEqual(WRITE);
  });
});

describe('P9: a room of 20,000 messages costs what one of 700 costs', () => {
  const SIZES = { small: 700, large: 20_000 };

  beforeAll(async () => {
    for (const [room, count] of Object.entries(SIZES)) await fill(rig.collections, room, count);
    // Neighbours in every index.
    await fill(rig.collections, 'between', 3_000);
  }, 60_000);

  /** Each operation on a room, by name. `seq`: a place in the middle of its newest 500. */
  const OPERATIONS: Record<string, (reader: Instance, head: Head, seq: number) => Promise<unknown>> = {
    latest: (reader, { _id }) => reader.window(_id),
    'page, newest': ({ collections }, head) => pageOf(collections, head, {}, 50),
    'page before a seq': ({ collections }, head, seq) => pageOf(collections, head, { beforeSeq: seq }, 50),
    'page before a time': ({ collections }, head, seq) =>
      pageOf(collections, head, { before: state(head._id, seq, seq).createdAt }, 50),
    'page after a time': ({ collections }, head, seq) =>
      pageOf(collections, head, { after: state(head._id, seq, seq).createdAt }, 50),
    'page, oldest': ({ collections }, head) => pageOf(collections, head, { after: 0 }, 50),
    around: ({ collections }, head, seq) => pageAround(collections, head, seq, 50),
    'changes, all': ({ collections }, head) => changedSince(collections, head, { rev: 0, seq: 0 }, 50),
    'changes, few': ({ collections }, head, seq) => changedSince(collections, head, { rev: seq, seq }, 50),
    'by id': ({ collections }, { _id }, seq) => messageById(collections, _id, `${_id}-${seq}`),
    'by time': ({ collections }, head, seq) =>
      messageByTimestamp(collections, head, state(head._id, seq, seq).timestamp),
    preview: ({ collections }, head) => newestPreviewable(collections, [head]),
    create: (writer, { _id }) => submit(writer, _id, create()),
    edit: (writer, { _id }, seq) => submit(writer, _id, edit(`${_id}-${seq}`, 'new')),
    delete: (writer, { _id }, seq) => submit(writer, _id, remove(`${_id}-${seq}`)),
    recolour: (writer, { _id }) => submit(writer, _id, recolour('ann', 'red')),
  };

  it.each(Object.keys(OPERATIONS))('%s', async (name) => {
    const costs: Record<string, unknown> = {};
    for (const [room, count] of Object.entries(SIZES)) {
      const { rooms: fresh, commands: sent } = await rig.openRecorded();
      const head = (await fresh.head(room))!;
      sent.clear();
      await OPERATIONS[name]!(fresh, head, count - 250);
      let examined = 0;
      const queries = sent.sent.filter((one) => one.name === 'find').flatMap((one) => queriesOf(one));
      for (const query of queries) examined += (await explain(rig.database.db, query)).docsExamined;
      costs[room] = { commands: sent.names, examined };
      await fresh.close();
    }
    expect(costs.large).toEqual(costs.small);
  });
});
