import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { LIMITS } from '#shared/limits.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';
import { Gate, intercept } from '#test/room-log/support/faults.ts';
import { type Instance, later, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create } from '#test/room-log/support/messages.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await openRig();
});

afterAll(() => rig.close());

const documents = (room: string) => rig.collections.group.countDocuments({ room });

/** An instance whose first append waits at the gate. */
async function withGate(): Promise<{ rooms: Instance; gate: Gate }> {
  const gate = new Gate();
  const rooms = await rig.open({
    faults: (sound) =>
      intercept(sound, 'log', 'insertMany', async (proceed) => {
        await gate.pass();
        return proceed();
      }),
  });
  return { rooms, gate };
}

describe('L9: group commit', () => {
  it('L9: 200 creates at once in 50 rooms share few flushes of one insert and one write a collection', async () => {
    const { rooms, commands } = await rig.openRecorded();
    const groups = Array.from({ length: 50 }, (_, index) => `room-${index}`);
    await Promise.all(groups.map((room) => submit(rooms, room, create({}, true))));
    commands.clear();
    const before = { ...rooms.stats };
    await Promise.all(Array.from({ length: 200 }, (_, index) => submit(rooms, groups[index % 50]!, create({}, true))));
    const flushes = rooms.stats.flushes - before.flushes;
    expect(flushes).toBeLessThanOrEqual(3);
    expect(commands.count('insert', 'room_log')).toBe(flushes);
    expect(commands.count('insert', 'group_messages')).toBe(flushes);
    expect(commands.count('update', 'rooms')).toBe(flushes);
    expect(commands.sent).toHaveLength(3 * flushes);
  });

  it('L9: one flush is appended at a time; what arrives meanwhile goes into the next, of all rooms', async () => {
    const { rooms, gate } = await withGate();
    const first = submit(rooms, 'one-by-one', create({}, true));
    await gate.reached;
    const more = Array.from({ length: 40 }, (_, index) => submit(rooms, `meanwhile-${index % 8}`, create({}, true)));
    expect(rooms.waiting).toBe(40);
    gate.open();
    await Promise.all([first, ...more]);
    expect(rooms.stats.flushes).toBe(2);
    expect(rooms.stats.entries).toBe(9);
  });

  it('L9: what one flush appended is projected while the next is appended, but no room is in both', async () => {
    const gate = new Gate();
    const rooms = await rig.open({
      faults: (sound) =>
        intercept(sound, 'group', 'bulkWrite', async (proceed, [operations]) => {
          if (JSON.stringify(operations).includes('held up')) await gate.pass();
          return proceed();
        }),
    });
    const first = submit(rooms, 'slow', create({ text: 'held up' }, true));
    await gate.reached;
    const second = submit(rooms, 'slow', create({ text: 'next' }, true));
    await submit(rooms, 'quick', create({}, true));
    await submit(rooms, 'quick', create({}, true));
    expect(rooms.waiting).toBe(1);
    expect(await rig.collections.log.countDocuments({ room: 'slow' })).toBe(1);
    gate.open();
    expect((await first).message).toMatchObject({ seq: 1 });
    expect((await second).message).toMatchObject({ seq: 2 });
  });

  it('L9: the queue holds 10,000 writes, and refuses the next as overloaded', async () => {
    const { rooms, gate } = await withGate();
    const first = submit(rooms, 'full', create({}, true));
    await gate.reached;
    const waiting = Array.from({ length: LIMITS.queueWrites }, (_, index) =>
      submit(rooms, `full-${index % 100}`, create({}, true), 60_000),
    );
    await expect(submit(rooms, 'full', create())).rejects.toMatchObject({ type: 'overloaded', code: 503 });
    gate.open();
    await Promise.all([first, ...waiting]);
    expect(rooms.waiting).toBe(0);
    expect(rooms.stats.changes).toBe(LIMITS.queueWrites + 1);
    await submit(rooms, 'full', create());
  });

  it('L9: the queue holds 64 MB', async () => {
    const { rooms, gate } = await withGate();
    const first = submit(rooms, 'heavy', create({}, true));
    await gate.reached;
    const media = { data: 'x'.repeat(1_024 * 1_024) };
    const writes = Array.from({ length: 70 }, () => submit(rooms, 'heavy', create({ media }, true), 400));
    const settled = Promise.allSettled(writes);
    expect(rooms.waiting).toBeGreaterThan(55);
    expect(rooms.waiting).toBeLessThan(LIMITS.queueBytes / (1_024 * 1_024));
    const types = (await settled).map((one) => (one.status === 'rejected' ? one.reason.type : 'stored'));
    expect(new Set(types)).toEqual(new Set(['not_stored', 'overloaded']));
    gate.open();
    await first;
    expect(rooms.waiting).toBe(0);
    expect(await documents('heavy')).toBe(1);
  });

  it('L9: a write past its deadline is taken out before the append; one that was sent has an unknown outcome', async () => {
    const { rooms, gate } = await withGate();
    const sent = rooms.submit('deadlines', create({ text: 'sent' }, true), later(100));
    await gate.reached;
    const queued = rooms.submit('deadlines', create({ text: 'queued' }, true), later(50));
    const patient = submit(rooms, 'deadlines', create({ text: 'patient' }, true));
    await expect(queued).rejects.toMatchObject({ type: 'not_stored' });
    await expect(sent).rejects.toMatchObject({ type: 'outcome_unknown' });
    gate.open();
    await patient;
    const items = viewsOfWindow((await rooms.window('deadlines'))!.window);
    expect(items.map(({ text }) => text)).toEqual(['sent', 'patient']);
  });

  it('L9: a full flush of long texts is bounded in bytes; the rest follows', async () => {
    const batches: number[] = [];
    const rooms = await rig.open({
      faults: (sound) =>
        intercept(sound, 'log', 'insertMany', (proceed, [entries]) => {
          batches.push((entries as unknown[]).length);
          return proceed();
        }),
    });
    const text = 'x'.repeat(LIMITS.text);
    await Promise.all(
      Array.from({ length: 1_500 }, (_, index) => submit(rooms, `text-${index % 150}`, create({ text }, true))),
    );
    expect(batches.length).toBeGreaterThan(1);
    expect(rooms.stats.changes).toBe(1_500);
  });

  it('L9: stopping ends what waits, and refuses what comes then', async () => {
    const { rooms, gate } = await withGate();
    const first = submit(rooms, 'stopping', create({ text: 'one' }, true));
    await gate.reached;
    const second = submit(rooms, 'stopping', create({ text: 'two' }, true));
    const closed = rooms.close();
    await expect(submit(rooms, 'stopping', create())).rejects.toMatchObject({ type: 'shutting_down' });
    gate.open();
    await Promise.all([first, second, closed]);
    expect(await documents('stopping')).toBe(2);
  });

  it('L9: a room that waits after a lost race keeps no other room waiting', async () => {
    // A pause of 2.8 s: far longer than any other write takes.
    const random = jest.spyOn(Math, 'random').mockReturnValue(30);
    let attempts = 0;
    const lost = new Gate();
    const faster = await rig.open();
    const rooms = await rig.open({
      faults: (sound) =>
        intercept(sound, 'log', 'insertMany', async (proceed, [entries]) => {
          if (!(entries as { room: string }[]).some(({ room }) => room === 'fought')) return proceed();
          attempts += 1;
          if (attempts > 1) return proceed();
          await submit(faster, 'fought', create());
          void lost.pass();
          return proceed();
        }),
    });
    await submit(rooms, 'calm', create());
    const fought = submit(rooms, 'fought', create({ text: 'at last' }));
    await lost.reached;
    await submit(rooms, 'calm', create());
    await submit(rooms, 'calm', create());
    expect(attempts).toBe(1);
    expect((await fought).message).toMatchObject({ text: 'at last', seq: 2 });
    expect(rooms.stats.conflicts).toBe(1);
    random.mockRestore();
  });
});
