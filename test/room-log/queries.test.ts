import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changedSince } from '#shared/room-log/changes.ts';
import { messageById, messageByTimestamp, quotesAcross, quotesOf } from '#shared/room-log/lookups.ts';
import { pageAround, pageOf } from '#shared/room-log/page.ts';
import { newestPreviewable } from '#shared/room-log/previews.ts';
import { recordingsEverywhere, recordingsIn } from '#shared/room-log/recordings.ts';
import { threadsOf } from '#shared/room-log/threads.ts';
import type { CommandLog } from '#test/room-log/support/command-log.ts';
import { creation, fill, state } from '#test/room-log/support/entries.ts';
import { type Explained, explain, queriesOf } from '#test/room-log/support/explain.ts';
import { type Instance, ManualClock, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, react, recolour, remove } from '#test/room-log/support/messages.ts';

/** P9: every query of the room log, asked for and explained: an index, and no document examined in vain. */

/** The queries by shape. A new one belongs here: `messages` stands for the messages of groups and of DMs. */
const QUERIES = [
  'delete messages {room:?,seq:?,messageId:?}',
  'delete messages {room:?,seq:{$lte:?},_id:{$in:?}}',
  'delete room_colours {room:?,floorSeq:{$lt:?}}',
  'delete room_log {_id:{$in:?}}',
  'find messages {$or:[{room:?,author:?,key:?},{room:?,messageId:?},{room:?,seq:?}]}',
  'find messages {$or:[{room:?,author:?,key:?}]}',
  'find messages {$or:[{room:?,messageId:?},{room:?,seq:?}]}',
  'find messages {$or:[{room:?,messageId:?}]}',
  'find messages {$or:[{room:?,messageId:{$in:?}}]}',
  'find messages {$or:[{room:?,rev:?,seq:{$gt:?,$lte:?}},{room:?,rev:{$gt:?},seq:{$gt:?,$lte:?}}]} sort {rev:1,seq:1} limit',
  'find messages {$or:[{room:?,seq:?}]}',
  'find messages {room:?,author:?,key:?}',
  'find messages {room:?,createdAt:{$gte:?}} sort {createdAt:1,seq:1} limit',
  'find messages {room:?,createdAt:{$lte:?}} sort {createdAt:-1,seq:-1} limit',
  'find messages {room:?,messageId:?} limit',
  'find messages {room:?,messageId:{$in:?}}',
  'find messages {room:?,previewable:?,seq:{$gt:?,$lte:?}} sort {seq:-1} limit',
  'find messages {room:?,seq:{$gt:?,$lt:?}} sort {seq:-1} limit',
  'find messages {room:?,seq:{$gt:?,$lt:?}} sort {seq:1} limit',
  'find messages {room:?,seq:{$gt:?,$lte:?},previewable:?} sort {seq:-1} limit',
  'find messages {room:?,seq:{$gt:?,$lte:?}}',
  'find messages {room:?,seq:{$gt:?,$lte:?}} sort {seq:-1} limit',
  'find messages {room:?,seq:{$lte:?}} sort {seq:1} limit',
  'find messages {room:?,timestamp:?,seq:{$gt:?,$lte:?}} sort {seq:-1} limit',
  'find messages {room:?,timestamp:?} sort {seq:-1} limit',
  'find messages {room:?} sort {seq:-1} limit',
  'find messages {room:{$in:?}} limit',
  'find messages {usernameLc:?,kind:?,deleted:?,room:?,seq:{$gt:?,$lte:?}} sort {seq:-1} limit',
  'find messages {usernameLc:?,kind:?,deleted:?,room:{$exists:?}} sort {createdAt:-1}',
  'find meta {_id:?} limit',
  'find room_colours {room:?,usernameLc:{$in:?}}',
  'find room_log {$or:[{room:?,from:?}]}',
  'find room_log {at:{$gte:?,$lt:?}} sort {at:1} limit',
  'aggregate room_log $match $group',
  'find room_log {room:?,from:{$gt:?}} sort {from:1} limit',
  'find room_log {room:?,from:{$gt:?,$lte:?}} sort {from:1}',
  'find room_log {room:?} sort {from:1} limit',
  'find room_log {room:{$in:?}} limit',
  'find rooms {$or:[{participants:?,listedAt:?,_id:{$lt:?}},{participants:?,listedAt:{$gte:?,$lt:?}}]} sort {listedAt:-1,_id:-1} limit',
  'find rooms {_id:?}',
  'find rooms {_id:{$in:?}}',
  'find rooms {participants:?,listedAt:{$gte:?}} sort {listedAt:-1,_id:-1} limit',
  'find rooms {purgeAt:{$lte:?}} sort {purgeAt:1} limit',
  'update messages {room:?,messageId:?,rev:{$not:{$gte:?}}}',
  'update messages {room:?,seq:{$gte:?,$lte:?},usernameLc:?,rev:{$lt:?}}',
  'update meta {_id:?}',
  'update room_colours {room:?,usernameLc:?,rev:{$not:{$gte:?}}}',
  'update rooms {_id:?,purgeAt:?}',
  'update rooms {_id:?,rev:{$gte:?,$lt:?}}',
  'update rooms {_id:?}',
];

/** Those that may examine more than they return, with the reason. */
const EXCEPTIONS: Record<string, string> = {
  'update messages {room:?,seq:{$gte:?,$lte:?},usernameLc:?,rev:{$lt:?}}':
    'recolouring looks at the newest 500 messages of the room',
};

const DAY = 24 * 3_600_000;

let rig: Rig;
let rooms: Instance;
let other: Instance;
let commands: CommandLog;
const clock = new ManualClock(Date.now());
const explained = new Map<string, Explained>();

/** Runs an operation and explains what it asked, on the data as it is then. */
async function explaining(operation: () => Promise<unknown>): Promise<void> {
  commands.clear();
  await operation().catch(() => undefined);
  for (const query of commands.sent.flatMap((sent) => queriesOf(sent))) {
    const before = explained.get(query.shape);
    const now = await explain(rig.database.db, query);
    // The worst of a shape counts.
    if (!before || now.docsExamined - now.returned > before.docsExamined - before.returned)
      explained.set(query.shape, now);
  }
}

/** All that services ask of a room. */
async function readAll(room: string): Promise<void> {
  const head = (await rooms.head(room))!;
  const { collections } = rooms;
  const middle = state(room, head.seq - 100, 1);
  const reads: (() => Promise<unknown>)[] = [
    () => rooms.window(room),
    () => pageOf(collections, head, {}, 50),
    () => pageOf(collections, head, { before: middle.createdAt }, 50),
    () => pageOf(collections, head, { after: middle.createdAt }, 50),
    () => pageOf(collections, head, { beforeSeq: middle.seq, afterSeq: 3 }, 50),
    () => pageAround(collections, head, middle.seq, 50),
    () => changedSince(collections, head, { rev: 0, seq: 0 }, 50),
    () => changedSince(collections, head, { rev: middle.seq, seq: middle.seq }, 50),
    () => changedSince(collections, head, { rev: head.rev - 1, seq: head.seq - 1 }, 50),
    () => messageById(collections, room, `${room}-7`),
    () => messageById(collections, room, 'missing'),
    () => messageByTimestamp(collections, head, middle.timestamp),
    () => quotesOf(collections, head, [state(room, 1, 1, { replyTo: { messageId: `${room}-7`, text: '' } })]),
    () =>
      quotesAcross(collections.messages(room), new Map([[room, head]]), [
        state(room, 1, 1, { replyTo: { messageId: `${room}-7`, text: '' } }),
      ]),
    () => newestPreviewable(collections, [head]),
    () => newestPreviewable(collections, [{ ...head, previewSeq: 1_000_000 }]),
    () => threadsOf(collections, 'ann', null, 10),
    () => threadsOf(collections, 'ann', { listedAt: Date.now(), room }, 10),
    () => recordingsIn(collections, head, 'ann', 20),
    () => recordingsEverywhere(collections, (names) => rooms.heads(names), 'ann', 20),
  ];
  for (const read of reads) await explaining(read);
}

async function writeAll(room: string): Promise<void> {
  const stored = `${room}-7`;
  const recent = `${room}-2990`;
  const key = { author: 'id:ann', key: `key-${room}`, keyHash: 'h' };
  const time = state(room, 2_950, 1).timestamp;
  const writes = [
    create({ messageId: 'new', ...key }),
    create({ messageId: 'newer', ...key }),
    create({ messageId: 'new' }),
    create({ replyTo: { messageId: stored, text: '' } }, true),
    create({ replyTo: { timestamp: time, text: '' } }, true),
    edit(recent, 'edited'),
    edit('missing', 'edited'),
    react(recent, 'bob', '👍'),
    remove(recent),
    recolour('ann', 'red'),
    recolour('ann', 'red'),
    recolour('bob', 'blue'),
  ];
  for (const command of writes) {
    await explaining(() => submit(rooms, room, command));
    await explaining(() => rooms.window(room));
  }
  // A window that the log brings up to date, and a writer that lost a race.
  await submit(other, room, create({}, true));
  await explaining(() => rooms.window(room));
  await explaining(() => submit(rooms, room, create({}, true)));
}

beforeAll(async () => {
  rig = await openRig();
  ({ rooms, commands } = await rig.openRecorded({ clock }));
  other = await rig.open({ clock });
  for (const room of ['talk', 'dm:ann|bob', 'next', 'dm:ann|carl']) await fill(rig.collections, room, 3_000);
  for (const room of ['talk', 'dm:ann|bob']) {
    await readAll(room);
    await writeAll(room);
    await readAll(room);
  }
  await explaining(() => Promise.all(['n1', 'n2', 'dm:n1|n2'].map((room) => submit(rooms, room, create({}, true)))));
  await explaining(() =>
    Promise.all(
      ['talk', 'next', 'n1', 'n2'].map((room) =>
        submit(rooms, room, create({ author: 'id:x', key: 'k', keyHash: 'h' })),
      ),
    ),
  );
  await repairAll();
}, 120_000);

/** What only happens after something went wrong. */
async function repairAll(): Promise<void> {
  // An entry that a died writer left, found by the next writer and by the sweeper.
  for (const find of [() => submit(other, 'next', create()), () => rooms.sweeper.sweep()]) {
    await rig.collections.log.insertOne(
      creation((await rooms.head('next'))!, { messageId: `left-${Math.random()}` }, clock.now()),
    );
    await explaining(find);
  }
  await rig.collections.log.insertOne(creation((await rooms.head('talk'))!, { messageId: 'left' }, clock.now()));
  await explaining(() => submit(rooms, 'talk', create()));
  // A lost head, with and without a log.
  for (const room of ['n1', 'n2']) {
    await rig.collections.heads.deleteOne({ _id: room });
    if (room === 'n2') await rig.collections.log.deleteMany({ room });
    await explaining(() => submit(rooms, room, create()));
  }
  // A message id used again before the purge; the purge; old entries.
  for (const room of ['talk', 'dm:ann|bob']) {
    await explaining(() => submit(rooms, room, deleteRoom));
    await explaining(() =>
      submit(rooms, room, create({ messageId: 'new', author: 'id:ann', key: `key-${room}`, keyHash: 'h' })),
    );
    await explaining(() => rooms.window(room));
  }
  await explaining(() => rooms.sweeper.sweep());
  clock.time += 8 * DAY;
  await explaining(() => rooms.sweeper.sweep());
}

afterAll(() => rig.close());

describe('P9: the queries of the room log', () => {
  it('are all in the table, and the table names none that is gone', () => {
    expect([...explained.keys()].sort()).toEqual(QUERIES.toSorted());
  });

  it('use an index, sort by it, and examine at most one document more than they return', () => {
    const bad = [...explained.values()].filter(
      ({ shape, stages, docsExamined, returned }) =>
        !EXCEPTIONS[shape] && (stages.includes('COLLSCAN') || stages.includes('SORT') || docsExamined > returned + 1),
    );
    expect(bad).toEqual([]);
  });
});
