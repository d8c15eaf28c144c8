import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Entry, Message } from '#shared/room-log/types.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';
import { creation, state } from '#test/room-log/support/entries.ts';
import { failing, failingFind, Gate, intercept } from '#test/room-log/support/faults.ts';
import { type Instance, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, react, recolour } from '#test/room-log/support/messages.ts';

let rig: Rig;
let rooms: Instance;

beforeAll(async () => {
  rig = await openRig();
  rooms = await rig.open();
});

afterAll(() => rig.close());

const textsOf = async (room: string) => viewsOfWindow((await rooms.window(room))!.window).map(({ text }) => text);
const documentsOf = (room: string) =>
  rig.collections
    .messages(room)
    .find({ room }, { projection: { _id: 0 } })
    .sort({ seq: 1 })
    .toArray();
const revOf = async (room: string) => (await rooms.head(room))?.rev ?? 0;

/** Leaves an entry behind the room's head, as a writer that died after its append does. */
async function leaveBehind(room: string, fields: Partial<Message> = {}): Promise<Entry> {
  const entry = creation((await rooms.head(room))!, fields);
  await rig.collections.log.insertOne(entry);
  return entry;
}

describe('L4: projection in order', () => {
  it('L4: nobody is answered and no reader sees the write before its message is there and the head has moved', async () => {
    const [messages, heads] = [new Gate(), new Gate()];
    const slow = await rig.open({
      faults: (sound) =>
        intercept(
          intercept(sound, 'group', 'bulkWrite', async (proceed) => {
            await messages.pass();
            return proceed();
          }),
          'heads',
          'bulkWrite',
          async (proceed, [ops]) => {
            // Not the upsert of the new head.
            if (JSON.stringify(ops).includes('$setOnInsert')) return proceed();
            await heads.pass();
            return proceed();
          },
        ),
    });
    let answered = false;
    const write = submit(slow, 'ordered', create({ text: 'one' })).finally(() => (answered = true));
    await messages.reached;
    expect([answered, await revOf('ordered'), (await documentsOf('ordered')).length]).toEqual([false, 0, 0]);
    messages.open();
    await heads.reached;
    expect([answered, await revOf('ordered'), (await documentsOf('ordered')).length]).toEqual([false, 0, 1]);
    expect(await textsOf('ordered')).toEqual([]);
    heads.open();
    await write;
    expect(await textsOf('ordered')).toEqual(['one']);
  });

  it('L4: a writer applies what another left behind before its own, and the head passes nothing unprojected', async () => {
    await submit(rooms, 'behind', create({ text: 'one' }));
    await leaveBehind('behind', { text: 'left behind' });
    const other = await rig.open();
    await submit(other, 'behind', create({ text: 'three' }));
    expect(await textsOf('behind')).toEqual(['one', 'left behind', 'three']);
    expect((await documentsOf('behind')).map(({ text, seq }) => [seq, text])).toEqual([
      [1, 'one'],
      [2, 'left behind'],
      [3, 'three'],
    ]);
  });

  it('L4: what lies between the head and the own entry is applied first', async () => {
    await submit(rooms, 'between', create({ text: 'one' }));
    // The database loses the head's last move (as a rolled back old primary does), while the writer knows its end.
    await rig.collections.heads.updateOne({ _id: 'between' }, { $set: { rev: 0, seq: 0, lastSeq: null } });
    await rig.collections.group.deleteMany({ room: 'between' });
    await submit(rooms, 'between', create({ text: 'two' }));
    expect(await textsOf('between')).toEqual(['one', 'two']);
    expect((await documentsOf('between')).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('L4: a lost head is put back before the answer', async () => {
    await submit(rooms, 'headless', create({ text: 'one' }));
    await rig.collections.heads.deleteOne({ _id: 'headless' });
    await submit(rooms, 'headless', create({ text: 'two' }));
    expect(await textsOf('headless')).toEqual(['one', 'two']);
    expect(await revOf('headless')).toBe(2);
  });

  it('L4: errors without an outcome, of messages, heads and looks, are tried again until they pass', async () => {
    const faulty = await rig.open({
      faults: (sound) =>
        intercept(
          intercept(
            intercept(sound, 'group', 'bulkWrite', failing(2, 'after')),
            'heads',
            'bulkWrite',
            failing(2, 'after'),
          ),
          'heads',
          'find',
          failingFind(1),
        ),
    });
    const [first, second] = await Promise.all([
      submit(faulty, 'retried', create({ text: 'one' })),
      submit(faulty, 'retried-too', create()),
    ]);
    expect([first.message!.rev, second.message!.rev]).toEqual([1, 1]);
    expect(await textsOf('retried')).toEqual(['one']);
    expect(faulty.stats.projectionFailures).toBe(0);
  });
});

describe('L4: a duplicate key in a projection proves nothing', () => {
  it('L4: the same message with a higher rev stays, one with a lower rev is replaced', async () => {
    await submit(rooms, 'higher', create({ messageId: 'a', text: 'one' }));
    await submit(rooms, 'higher', edit('a', 'two'));
    // Projected again from the start, as by a writer that comes late.
    await rig.collections.heads.updateOne({ _id: 'higher' }, { $set: { rev: 0 } });
    await rig.collections.group.updateOne({ room: 'higher' }, { $set: { text: 'newest', rev: 3 } });
    await submit(await rig.open(), 'higher', edit('missing', '')).catch(() => undefined);
    expect(await revOf('higher')).toBe(2);
    expect((await documentsOf('higher'))[0]).toMatchObject({ text: 'newest', rev: 3 });

    await rig.collections.heads.updateOne({ _id: 'higher' }, { $set: { rev: 0 } });
    await rig.collections.group.updateOne({ room: 'higher' }, { $set: { text: 'older', rev: 0 } });
    await submit(await rig.open(), 'higher', edit('missing', '')).catch(() => undefined);
    expect((await documentsOf('higher'))[0]).toMatchObject({ text: 'two', rev: 2 });
  });

  it('L4: another message at or below the floor, whatever key it holds, makes way', async () => {
    await submit(rooms, 'reborn', create({ messageId: 'a', text: 'old' }));
    await submit(rooms, 'reborn', create({ messageId: 'b', author: 'id:ann', key: 'k', keyHash: 'h', text: 'old' }));
    await submit(rooms, 'reborn', deleteRoom);
    await submit(rooms, 'reborn', create({ messageId: 'a', text: 'new a' }));
    await submit(rooms, 'reborn', create({ messageId: 'c', author: 'id:ann', key: 'k', keyHash: 'g', text: 'new c' }));
    expect(await textsOf('reborn')).toEqual(['new a', 'new c']);
    expect((await documentsOf('reborn')).map(({ text, seq }) => [seq, text])).toEqual([
      [3, 'new a'],
      [4, 'new c'],
    ]);
  });

  it('L4: a message created again in the entry that deleted its room takes its place', async () => {
    await Promise.all([
      submit(rooms, 'twice', create({ messageId: 'a', text: 'old' })),
      submit(rooms, 'twice', recolour('ann', 'red')),
      submit(rooms, 'twice', deleteRoom),
      submit(rooms, 'twice', create({ messageId: 'a', text: 'new' })),
    ]);
    expect(await rig.collections.log.countDocuments({ room: 'twice' })).toBe(1);
    expect((await documentsOf('twice')).map(({ text }) => text)).toEqual(['new']);
    // The colour went with the room: the same one again is a change.
    expect((await submit(rooms, 'twice', recolour('ann', 'red'))).count).toBe(1);
  });

  it('L4: another message above the floor is a bug: counted, the head stays, and only that room is held back', async () => {
    await submit(rooms, 'broken', create({ text: 'one' }));
    await rig.collections.group.insertOne(state('broken', 2, 1, { messageId: 'intruder' }));
    const faulty = await rig.open();
    const [broken, sound] = await Promise.allSettled([
      submit(faulty, 'broken', create({ text: 'two' })),
      submit(faulty, 'sound', create({ text: 'one' })),
    ]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { type: 'outcome_unknown' } });
    expect(sound.status).toBe('fulfilled');
    expect(faulty.stats.projectionFailures).toBe(1);
    expect(faulty.lines.join('\n')).toMatch(/broken.*cannot/);
    expect(await revOf('broken')).toBe(1);
    expect(await textsOf('broken')).toEqual(['one']);

    // Once the intruder is gone the room goes on, and what was stored shows.
    await rig.collections.group.deleteOne({ messageId: 'intruder' });
    await submit(faulty, 'broken', create({ text: 'three' }));
    expect(await textsOf('broken')).toEqual(['one', 'two', 'three']);
  });

  it('L4: a room behind its log that cannot be repaired holds back no other room of the flush', async () => {
    await submit(rooms, 'stuck', create({ text: 'one' }));
    await rig.collections.group.insertOne(state('stuck', 2, 1, { messageId: 'intruder-2' }));
    await leaveBehind('stuck', { text: 'left behind' });
    const faulty = await rig.open();
    const [stuck, free] = await Promise.allSettled([
      submit(faulty, 'stuck', create(), 3_000),
      submit(faulty, 'free', create()),
    ]);
    expect(free.status).toBe('fulfilled');
    expect(stuck).toMatchObject({ status: 'rejected', reason: { type: 'not_stored' } });
    expect(faulty.lines.join('\n')).toMatch(/stuck takes no writes/);
    await rig.collections.group.deleteOne({ messageId: 'intruder-2' });
  });

  it('L4: a state that comes late does not replace a newer one', async () => {
    const gate = new Gate();
    const frozen = await rig.open({
      faults: (sound) =>
        intercept(sound, 'group', 'bulkWrite', async (proceed) => {
          await gate.pass();
          return proceed();
        }),
    });
    await submit(rooms, 'late', create({ messageId: 'a', text: 'one' }));
    const late = submit(frozen, 'late', edit('a', 'two'));
    await gate.reached;
    await submit(rooms, 'late', react('a', 'bob', '👍'));
    await submit(rooms, 'late', edit('a', 'three'));
    gate.open();
    expect((await late).message).toMatchObject({ text: 'two', rev: 2 });
    expect((await documentsOf('late'))[0]).toMatchObject({ text: 'three', rev: 4, reactions: [{ userId: 'bob' }] });
    expect(await revOf('late')).toBe(4);
  });
});
