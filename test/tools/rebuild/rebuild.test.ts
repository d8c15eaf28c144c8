import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReadModel } from '#shared/read-model/read-model.ts';
import type { WindowDocument } from '#shared/read-model/window-document.ts';
import { rebuild } from '#tools/rebuild/rebuild.ts';
import { verify } from '#tools/verify/verify.ts';
import { type Instance, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, edit } from '#test/room-log/support/messages.ts';
import { testDataDir } from '#test/support/program.ts';
import { runTool, spawnTool } from '#test/support/tool.ts';

const ROOMS = 300;

let rig: Rig;
let rooms: Instance;
let model: ReadModel;

const documents = () => rig.database.db.collection<WindowDocument>('read_messages_latest');
const silentMeter = () => ({ step() {}, end() {} });

beforeAll(async () => {
  rig = await openRig();
  rooms = await rig.open();
  model = new ReadModel(rig.database.db);
  await Promise.all(
    Array.from({ length: ROOMS }, (_, room) => submit(rooms, `room-${room}`, create({ messageId: 'a' }))),
  );
});

afterAll(() => rig.close());

/** Rooms whose stored window is not in use, and differences. */
async function faults(): Promise<string[]> {
  const found: string[] = [];
  const { windows } = await verify(rig.database.db, {
    pausesMs: [50, 100],
    meter: silentMeter,
    report: ({ room, text }) => void found.push(`${room}: ${text}`),
  });
  if (windows.usable !== ROOMS) found.push(`${windows.usable} windows in use`);
  return found;
}

describe('npm run rebuild', () => {
  it('goes on where it was interrupted, while rooms are written to, and leaves what is up to date', async () => {
    const folder = testDataDir();
    const { uri, name } = rig.database;
    const env = { MONGO_URI: uri, MONGO_DB_NAME: name };
    const over = new AbortController();
    const writer = (async () => {
      for (let turn = 0; !over.signal.aborted; turn += 1)
        await submit(rooms, `room-${turn % 10}`, edit('a', `text ${turn}`));
    })();
    const killed = spawnTool('rebuild', [], folder.path, env);
    while ((await documents().estimatedDocumentCount()) < 20 && killed.child.exitCode === null)
      await new Promise((next) => setTimeout(next, 5));
    killed.child.kill('SIGKILL');
    await killed.exited;
    const after = await documents().countDocuments();
    expect(after).toBeGreaterThanOrEqual(20);

    const again = await runTool('rebuild', [], folder.path, env);
    over.abort();
    await writer;
    expect(again.code).toBe(0);
    const [, rebuilt, current] = /^(\d+) windows rebuilt, (\d+) were up to date\n$/.exec(again.stdout)!;
    expect(Number(rebuilt) + Number(current)).toBe(ROOMS);
    expect(await faults()).toEqual([]);
    await folder.remove();
  });

  it('puts right whatever a document has, of one room and of all', async () => {
    const window = (await model.load('room-20'))!;
    const wrong = {
      ...window,
      items: window.items.map((item) => ({ ...item, json: item.json.replace('"text":"', '"text":"wrong ') })),
      rev: 1_000,
    };
    for (const room of ['room-20', 'room-21']) await model.save({ ...wrong, room });
    await documents().updateOne({ groupId: 'room-22' }, { $set: { count: 9 } });
    const { db } = rig.database;
    expect(await rebuild(db, { room: 'room-20', all: false, meter: silentMeter })).toEqual({ rebuilt: 1, current: 0 });
    expect((await model.load('room-20'))!.items[0]!.json).toBe(window.items[0]!.json);
    expect(await faults()).not.toEqual([]);
    expect(await rebuild(db, { all: true, meter: silentMeter })).toEqual({ rebuilt: ROOMS, current: 0 });
    expect(await faults()).toEqual([]);
    expect(await rebuild(db, { all: false, meter: silentMeter })).toEqual({ rebuilt: 0, current: ROOMS });
    expect(await rebuild(db, { room: 'nobody', all: false, meter: silentMeter })).toEqual({ rebuilt: 0, current: 0 });
  });
});
