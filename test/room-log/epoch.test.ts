import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor, isVoid } from '#shared/room-log/cursor.ts';
import type { Entry } from '#shared/room-log/types.ts';
import { failing, intercept } from '#test/room-log/support/faults.ts';
import { type Instance, later, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, edit } from '#test/room-log/support/messages.ts';
import { LIMITS } from '#shared/limits.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';

let rig: Rig;
let rooms: Instance;

beforeAll(async () => {
  rig = await openRig();
  rooms = await rig.open();
});

afterAll(() => rig.close());

const headDocument = (room: string) => rig.collections.heads.findOne({ _id: room });

describe('L8: the epoch', () => {
  it('L8: the head is stored with its epoch before the first append, and entries copy it', async () => {
    const seen: Record<string, boolean> = {};
    const watched = await rig.open({
      faults: (sound) =>
        intercept(sound, 'log', 'insertMany', async (proceed, [entries]) => {
          for (const { room, epoch, from } of entries as Entry[])
            if (from === 1) seen[room] = (await headDocument(room))?.epoch === epoch;
          return proceed();
        }),
    });
    await Promise.all([submit(watched, 'first', create()), submit(watched, 'dm:first|x', create())]);
    await submit(watched, 'first', create());
    expect(seen).toEqual({ first: true, 'dm:first|x': true });
    const epochs = await rig.collections.log.distinct('epoch', { room: 'first' });
    expect(epochs).toEqual([(await headDocument('first'))!.epoch]);
  });

  it('L8: two processes that make one room at once agree on its epoch', async () => {
    const others = await Promise.all([rig.open(), rig.open(), rig.open()]);
    for (let turn = 0; turn < 10; turn += 1) {
      const room = `made-${turn}`;
      await Promise.all(others.map((one) => submit(one, room, create())));
      expect(await rig.collections.log.distinct('epoch', { room })).toEqual([(await headDocument(room))!.epoch]);
    }
  });

  it('L8: another generation voids windows, cursors and ETag epochs, and the room goes on', async () => {
    await submit(rooms, 'restored', create({ messageId: 'a', text: 'one' }));
    const before = (await rooms.head('restored'))!;
    const cursor = encodeCursor({ epoch: rooms.epochOf(before), rev: 1, seq: 1, floorSeq: 0 });
    expect(isVoid(decodeCursor(cursor), before, rooms.epochOf(before))).toBe(false);
    await rig.collections.meta.updateOne({ _id: 'generation' }, { $set: { value: 'another' } });
    const restarted = await rig.open();
    const after = (await restarted.head('restored'))!;
    expect(after.epoch).toBe(before.epoch);
    expect(restarted.epochOf(after)).not.toBe(rooms.epochOf(before));
    expect(isVoid(decodeCursor(cursor), after, restarted.epochOf(after))).toBe(true);
    const read = (await restarted.window('restored'))!;
    expect(read.window.epoch).toBe(restarted.epochOf(after));
    expect((await submit(restarted, 'restored', edit('a', 'two'))).message).toMatchObject({ rev: 2 });
  });

  it('L8: a window of another epoch is not built upon, although its rev would fit', async () => {
    await submit(rooms, 'swapped', create({ messageId: 'a', text: 'one' }));
    await rooms.window('swapped');
    // The room as a backup of another history has it: the same rev, another epoch, another text.
    await rig.collections.heads.updateOne({ _id: 'swapped' }, { $set: { epoch: 'other' } });
    await rig.collections.group.updateOne({ room: 'swapped' }, { $set: { text: 'of the backup' } });
    const read = (await rooms.window('swapped'))!;
    expect(read.base).toBe('query');
    expect(viewsOfWindow(read.window)[0]!.text).toBe('of the backup');
  });
});

describe('a first write that does not get through', () => {
  it('is not stored when its deadline passes while the head of its new room is stored', async () => {
    const slow = await rig.open({
      faults: (sound) =>
        intercept(sound, 'heads', 'bulkWrite', async (proceed) => {
          const result = await proceed();
          await new Promise((next) => setTimeout(next, 200));
          return result;
        }),
    });
    const [expired, patient] = await Promise.allSettled([
      slow.submit('slow', create({ text: 'expired' }), later(50)),
      submit(slow, 'slow', create({ text: 'patient' })),
    ]);
    expect(expired).toMatchObject({ status: 'rejected', reason: { type: 'not_stored' } });
    expect(patient).toMatchObject({ status: 'fulfilled', value: { message: { seq: 1 } } });
    expect(viewsOfWindow((await rooms.window('slow'))!.window).map(({ text }) => text)).toEqual(['patient']);
  });

  it('is carried out once, also where not all of a flush found place in an entry', async () => {
    const faulty = await rig.open({
      faults: (sound) => intercept(sound, 'heads', 'bulkWrite', failing(1, 'before')),
    });
    const text = 'x'.repeat(LIMITS.text);
    // The first entry has no room for all: creates of 20,000 characters, then edits, which would count twice.
    const creates = Array.from({ length: 210 }, (_, index) =>
      submit(faulty, 'large', create({ messageId: `large-${index}`, text }, true)),
    );
    const edits = Array.from({ length: 90 }, (_, index) => submit(faulty, 'large', edit('large-0', `edit ${index}`)));
    await Promise.all([...creates, ...edits]);
    expect(faulty.stats.changes).toBe(300);
    expect((await rig.collections.group.findOne({ messageId: 'large-0' }))!.edits.length).toBeLessThanOrEqual(90);
    expect(faulty.waiting).toBe(0);
  });
});
