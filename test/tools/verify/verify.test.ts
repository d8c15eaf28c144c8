import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { documentOf, type WindowDocument } from '#shared/read-model/window-document.ts';
import type { Window } from '#shared/room-log/types.ts';
import type { Difference } from '#tools/verify/difference.ts';
import { type VerifyOptions, type Verified, verify } from '#tools/verify/verify.ts';
import { fill } from '#test/room-log/support/entries.ts';
import { type Instance, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, react, recolour, remove } from '#test/room-log/support/messages.ts';
import { testDataDir } from '#test/support/program.ts';
import { runTool } from '#test/support/tool.ts';

let rig: Rig;
let rooms: Instance;
let model: ReadModel;

beforeAll(async () => {
  rig = await openRig();
  rooms = await rig.open();
  model = new ReadModel(rig.database.db);
  await model.ensureIndexes();
});

afterAll(() => rig.close());

/** A room with every kind of change, and its stored window. */
async function talk(room: string): Promise<void> {
  for (const id of ['a', 'b', 'c', 'd']) await submit(rooms, room, create({ messageId: `${room}-${id}` }));
  await submit(rooms, room, edit(`${room}-a`, 'another text'));
  await submit(rooms, room, react(`${room}-b`, 'bob', '👍'));
  await submit(rooms, room, recolour('ann', '#123456'));
  await submit(rooms, room, create({ messageId: `${room}-e`, replyTo: { messageId: `${room}-a`, text: 'sent' } }));
  await submit(rooms, room, remove(`${room}-d`));
  await model.save((await rooms.window(room))!.window);
}

const silentMeter = () => ({ step() {}, end() {} });

async function run(options: Partial<VerifyOptions> = {}): Promise<Verified & { found: Difference[] }> {
  const found: Difference[] = [];
  const report = (difference: Difference) => void found.push(difference);
  return { ...(await verify(rig.database.db, { pausesMs: [1], meter: silentMeter, report, ...options })), found };
}

const windows = () => rig.database.db.collection<WindowDocument>('read_messages_latest');
const messages = () => rig.collections.group;
const heads = () => rig.collections.heads;
const log = () => rig.collections.log;

/** Stores a window that is not what the room has. */
async function forge(room: string, change: (window: Window) => Partial<Window>): Promise<void> {
  const window = (await model.load(room))!;
  await windows().replaceOne({ groupId: room }, await documentOf({ ...window, ...change(window) }, 0));
}

/** What is put into a room, and what must be told of it. */
const INJECTED: [what: string, inject: (room: string) => Promise<unknown>, told: RegExp][] = [
  [
    'a text',
    (room) => messages().updateOne({ room, seq: 1 }, { $set: { text: 'x' } }),
    /^message seq 1 differs .*: text$/,
  ],
  [
    'a reaction',
    (room) => messages().updateOne({ room, seq: 2 }, { $set: { reactions: [] } }),
    /^message seq 2 .*: reactions$/,
  ],
  [
    'a colour',
    (room) => messages().updateOne({ room, seq: 3 }, { $set: { bubbleColor: null } }),
    /^message seq 3 .*: bubbleColor$/,
  ],
  ['a lost message', (room) => messages().deleteOne({ room, seq: 2 }), /^message seq 2 is missing$/],
  ['a lost last message', (room) => messages().deleteOne({ room, seq: 5 }), /^message seq 5 is missing$/],
  [
    'a rev',
    (room) => messages().updateOne({ room, seq: 3 }, { $set: { rev: 900 } }),
    /^message seq 3 is at rev 900, beyond/,
  ],
  [
    'an earlier time',
    (room) => messages().updateOne({ room, seq: 3 }, { $set: { createdAt: 5 } }),
    /^message seq 3 is not later/,
  ],
  [
    'a message too many',
    async (room) => {
      const last = (await messages().findOne({ room, seq: 5 }, { projection: { _id: 0 } }))!;
      await messages().insertOne({ ...last, seq: 6, messageId: `${room}-f` });
    },
    /^message seq 6 is there, the head ends before it$/,
  ],
  [
    'a head that fell back',
    (room) => heads().updateOne({ _id: room }, { $set: { rev: 8 } }),
    /^head stands at rev 8, the log goes on to 9$/,
  ],
  [
    'a head ahead of its log',
    (room) => heads().updateOne({ _id: room }, { $inc: { rev: 1 } }),
    /^head stands at rev 10, the log has an entry that ends at 9/,
  ],
  [
    'a preview',
    (room) => heads().updateOne({ _id: room }, { $set: { previewSeq: 1 } }),
    /^head previewSeq is 1, by its messages 5$/,
  ],
  [
    'a time of a head',
    (room) => heads().updateOne({ _id: room }, { $set: { createdAt: 7 } }),
    /^head createdAt is 7, by/,
  ],
  ['a lost head', (room) => heads().deleteOne({ _id: room }), /^head is missing$/],
  ['a hole in a log', (room) => log().deleteOne({ room, from: 4 }), /^log what follows rev 3 is rev 5$/],
  [
    'an entry of another epoch',
    (room) => log().updateOne({ room, from: 4 }, { $set: { epoch: 'x' } }),
    /^log the entry at rev 4 is of another epoch/,
  ],
  [
    'a lost change',
    (room) => log().updateOne({ room, from: 4 }, { $set: { changes: [] } }),
    /^log the entry of revs 4 to 4 does not have/,
  ],
  [
    'a text in a window',
    (room) =>
      forge(room, ({ items }) => ({
        items: items.map((one) => ({ ...one, json: one.json.replace(/"text":"[^"]*"/, '"text":"x"') })),
      })),
    /^window seq 1 at rev 7 differs: text$/,
  ],
  [
    'a message lost in a window',
    (room) => forge(room, ({ items }) => ({ items: items.slice(1) })),
    /^window seq 1 at rev 7 differs: missing$/,
  ],
  ['a window ahead of its room', (room) => forge(room, () => ({ rev: 40 })), /^window is at rev 40, the head at 9$/],
  ['a floor of a window', (room) => forge(room, () => ({ floorSeq: 3 })), /^window ends at floor 3, the room at 0$/],
  [
    'a damaged window',
    (room) => windows().updateOne({ groupId: room }, { $set: { count: 77 } }),
    /^window cannot be read: /,
  ],
];

describe('npm run verify', () => {
  it('finds nothing in rooms that were only written to, whatever was done to them', async () => {
    for (const room of ['sound', 'dm:ann|bob', 'emptied', 'used-again']) await talk(room);
    await submit(rooms, 'emptied', deleteRoom);
    await submit(rooms, 'used-again', deleteRoom);
    await submit(rooms, 'used-again', create());
    await fill(rig.collections, 'adopted', 2_500);
    const { found, rooms: count, windows: states } = await run();
    expect(found).toEqual([]);
    expect(count).toBe(5);
    expect(states).toEqual({ none: 1, void: 0, outdated: 0, usable: 4 });
  });

  it.each(INJECTED)('finds %s', async (what, inject, told) => {
    const room = `injected ${what}`;
    await talk(room);
    await inject(room);
    const { found } = await run({ room });
    expect(found.map(({ kind, text }) => `${kind} ${text}`)).toContainEqual(expect.stringMatching(told));
    expect(new Set(found.map((one) => one.room))).toEqual(new Set([room]));
  });

  it('finds rooms that have lost their head, among all', async () => {
    const { found, differences } = await run();
    expect(found).toContainEqual({ room: 'injected a lost head', kind: 'head', text: 'is missing' });
    expect(differences).toBe(found.length);
  });

  it('takes no room that is being written to for a broken one', async () => {
    for (const room of ['busy', 'busier']) await talk(room);
    const over = new AbortController();
    const writer = async (room: string) => {
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const messageId = `${room}-${turn % 7}`;
        const command = turn % 5 === 0 ? recolour('ann', `#${turn}`) : edit(`${room}-a`, `text ${turn}`);
        await submit(rooms, room, turn % 3 === 0 ? create({ messageId: `${messageId}-${turn}` }) : command);
      }
    };
    const writers = ['busy', 'busy', 'busier'].map(writer);
    try {
      for (let turn = 0; turn < 10; turn += 1)
        for (const room of ['busy', 'busier']) expect((await run({ room, pausesMs: [20, 50, 100] })).found).toEqual([]);
    } finally {
      over.abort();
      await Promise.all(writers);
    }
  });

  it('prints differences one a line, and ends with 1; with 2 where it cannot look', async () => {
    const folder = testDataDir();
    const { uri, name } = rig.database;
    const env = { MONGO_URI: uri, MONGO_DB_NAME: name };
    const [broken, none] = await Promise.all([
      runTool('verify', ['--room', 'injected a text'], folder.path, env),
      runTool('verify', [], folder.path, { DATA_DIR: folder.path }),
    ]);
    expect(broken.stdout).toMatch(/^injected a text\tmessage\tseq 1 differs from the log at rev 7: text\n/);
    expect(broken.stdout).toMatch(/\n\d differences\n$/);
    expect(broken.code).toBe(1);
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/^verify: DATA_DIR=.*: no program runs there/)]);
    await folder.remove();
  });
});
