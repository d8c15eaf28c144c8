import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BSON, ObjectId } from 'mongodb';
import { LIMITS } from '#shared/limits.ts';
import type { Entry } from '#shared/room-log/types.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';
import { cut, failing, intercept, type Interceptor } from '#test/room-log/support/faults.ts';
import { type Instance, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, react, recolour } from '#test/room-log/support/messages.ts';
import { expectSoundLog } from '#test/room-log/model/check.ts';

let rig: Rig;
let rooms: Instance;

beforeAll(async () => {
  rig = await openRig();
  rooms = await rig.open();
});

afterAll(() => rig.close());

const entriesOf = (room: string) => rig.collections.log.find({ room }).sort({ from: 1 }).toArray();
const revOf = async (room: string) => (await rooms.head(room))?.rev ?? 0;
const textsOf = async (room: string) => viewsOfWindow((await rooms.window(room))!.window).map(({ text }) => text);

const isBad = ({ changes }: Entry) => changes.some(({ message }) => message?.text === 'bad');

/** An instance whose appends are intercepted. */
const withAppend = (interceptor: Interceptor) =>
  rig.open({ faults: (sound) => intercept(sound, 'log', 'insertMany', interceptor) });

/** An entry of another process at the end of the room's log, not projected yet. */
async function foreignEntry(room: string): Promise<Entry> {
  const head = (await rooms.head(room))!;
  const rev = head.rev + 1;
  return {
    _id: new ObjectId(),
    room,
    epoch: head.epoch,
    from: rev,
    to: rev,
    at: Date.now(),
    changes: [
      { rev, kind: 'recoloured', seq: null, op: { usernameLc: 'nobody', colour: 'red', fromSeq: 1, toSeq: 1 } },
    ],
    head: { ...head, rev },
  };
}

describe('L1: append is compare-and-set', () => {
  it('L1: puts at most 500 changes into an entry, and 2,000 reactions in one flush all stay', async () => {
    await submit(rooms, 'reacted', create({ messageId: 'target' }));
    const users = Array.from({ length: 2_000 }, (_, index) => `user-${index}`);
    await Promise.all(users.map((user) => submit(rooms, 'reacted', react('target', user, '👍'))));
    const entries = await entriesOf('reacted');
    expect(Math.max(...entries.map(({ changes }) => changes.length))).toBe(LIMITS.entryChanges);
    expect(entries).toHaveLength(1 + 2_000 / LIMITS.entryChanges);
    for (const entry of entries) expect(BSON.calculateObjectSize(entry)).toBeLessThan(LIMITS.entryBytes);
    const [target] = viewsOfWindow((await rooms.window('reacted'))!.window);
    expect(Object.keys(target!.reactions)).toHaveLength(2_000);
    await expect(submit(rooms, 'reacted', react('target', 'one more', '👍'))).rejects.toMatchObject({
      type: 'reactions_full',
    });
    await submit(rooms, 'reacted', react('target', 'user-7', null));
  });

  it('L1: puts at most 4 MiB into an entry, and texts at the limit all arrive in order', async () => {
    const text = '丹'.repeat(LIMITS.text);
    const writes = Array.from({ length: 150 }, (_, index) =>
      submit(rooms, 'long', create({ messageId: `long-${index}`, text }, true)),
    );
    const seqs = (await Promise.all(writes)).map(({ message }) => message!.seq);
    expect(seqs).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
    const entries = await entriesOf('long');
    expect(entries.length).toBeGreaterThan(2);
    for (const entry of entries) expect(BSON.calculateObjectSize(entry)).toBeLessThanOrEqual(LIMITS.entryBytes);
    await expectSoundLog(rooms, 'long');
  });

  it('L1: carries the state of a message only in its last change of an entry; a recolouring carries none', async () => {
    await Promise.all([
      submit(rooms, 'states', create({ messageId: 'a' })),
      submit(rooms, 'states', edit('a', 'first')),
      submit(rooms, 'states', create({ messageId: 'b' })),
      submit(rooms, 'states', react('a', 'bob', '👍')),
      submit(rooms, 'states', recolour('ann', 'red')),
    ]);
    const entries = await entriesOf('states');
    expect(entries).toHaveLength(1);
    expect(entries[0]!.changes.map(({ kind, message }) => [kind, message?.messageId])).toEqual([
      ['created', undefined],
      ['edited', undefined],
      ['created', 'b'],
      ['reacted', 'a'],
      ['recoloured', undefined],
    ]);
    const items = viewsOfWindow((await rooms.window('states'))!.window);
    expect(items.map(({ messageId, rev, bubbleColor }) => [messageId, rev, bubbleColor])).toEqual([
      ['a', 5, 'red'],
      ['b', 5, 'red'],
    ]);
  });

  it('L1: never sends two entries of one room in one insert', async () => {
    const batches: Entry[][] = [];
    const watched = await withAppend((proceed, [entries]) => {
      batches.push(entries as Entry[]);
      return proceed();
    });
    const names = ['once-a', 'once-b', 'dm:once|x'];
    await Promise.all(
      Array.from({ length: 1_800 }, (_, index) => submit(watched, names[index % 3]!, create({}, true))),
    );
    expect(batches.length).toBeGreaterThan(1);
    for (const batch of batches) expect(new Set(batch.map(({ room }) => room)).size).toBe(batch.length);
  });

  it('L1: a lost race holds back its own room only, and is computed again on the new end', async () => {
    await submit(rooms, 'fought', create({ text: 'one' }));
    const slow = await rig.open();
    await submit(slow, 'fought', create({ text: 'two' }));
    // `rooms` still counts on rev 1.
    const [fought, quiet] = await Promise.all([
      submit(rooms, 'fought', create({ text: 'three' })),
      submit(rooms, 'quiet', create()),
    ]);
    expect(fought.message).toMatchObject({ seq: 3, rev: 3 });
    expect(quiet.message).toMatchObject({ seq: 1, rev: 1 });
    expect(rooms.stats.conflicts).toBeGreaterThan(0);
    expect(await textsOf('fought')).toEqual(['one', 'two', 'three']);
  });
});

describe('L2: the known end', () => {
  it('L2: is forgotten after an error between append and head move, and read again', async () => {
    const failOnce = failing(1, 'after');
    let finds = 0;
    let armed = false;
    const faulty = await rig.open({
      faults: (sound) =>
        intercept(
          intercept(sound, 'log', 'insertMany', (proceed, args) => (armed ? failOnce(proceed, args) : proceed())),
          'heads',
          'find',
          (proceed) => {
            finds += 1;
            return proceed();
          },
        ),
    });
    await submit(faulty, 'known', create());
    finds = 0;
    await submit(faulty, 'known', create());
    expect(finds).toBe(0);
    armed = true;
    // What another process writes while this one does not know what became of its append.
    await submit(faulty, 'known', create());
    await submit(rooms, 'known', create());
    await submit(faulty, 'known', create());
    expect(finds).toBeGreaterThan(0);
    expect(await revOf('known')).toBe(5);
    await expectSoundLog(rooms, 'known');
  });

  it('L2: answers nothing from an end that another process has moved', async () => {
    await submit(rooms, 'stale', create({ messageId: 'a', author: 'id:ann', key: 'k', keyHash: 'h' }));
    await submit(rooms, 'stale', recolour('ann', 'red'));
    const other = await rig.open();
    await submit(other, 'stale', deleteRoom);
    // Each of these changes nothing at the end that `rooms` knows.
    const repeat = await submit(rooms, 'stale', create({ messageId: 'a', author: 'id:ann', key: 'k', keyHash: 'h' }));
    expect(repeat).toMatchObject({ replayed: false, message: { seq: 2 } });
    await submit(other, 'stale', deleteRoom);
    await submit(other, 'stale', create({ messageId: 'b' }));
    expect((await submit(rooms, 'stale', recolour('ann', 'red'))).count).toBe(1);
    await submit(rooms, 'stale', deleteRoom);
    await submit(other, 'stale', create({ messageId: 'c' }));
    expect((await submit(rooms, 'stale', deleteRoom)).count).toBe(1);
    expect(await textsOf('stale')).toEqual([]);
  });
});

describe('L5: an unknown outcome is settled by inserting the same entry again', () => {
  it('L5: not stored and an error: stored by the second insert, once', async () => {
    const faulty = await withAppend(failing(1, 'before'));
    const outcome = await submit(faulty, 'lost', create({ text: 'once' }));
    expect(outcome.message).toMatchObject({ seq: 1, rev: 1 });
    expect(await textsOf('lost')).toEqual(['once']);
    expect(await entriesOf('lost')).toHaveLength(1);
    expect(faulty.stats.unsettled).toBe(1);
  });

  it('L5: stored and an error: found under its own _id, and not stored twice', async () => {
    const faulty = await withAppend(failing(3, 'after'));
    await Promise.all([submit(faulty, 'found', create({ text: 'once' })), submit(faulty, 'found-too', create())]);
    expect(await textsOf('found')).toEqual(['once']);
    expect(await entriesOf('found')).toHaveLength(1);
    expect(await entriesOf('found-too')).toHaveLength(1);
  });

  it('L5: not stored, an error, and another entry at that place: computed again behind it', async () => {
    await submit(rooms, 'taken', create({ text: 'one' }));
    const entry = await foreignEntry('taken');
    let calls = 0;
    const faulty = await withAppend(async (proceed) => {
      calls += 1;
      if (calls > 1) return proceed();
      await rig.collections.log.insertOne(entry);
      throw cut();
    });
    const outcome = await submit(
      faulty,
      'taken',
      edit((await rooms.window('taken'))!.window.items[0]!.messageId, 'two'),
    );
    expect(outcome.message).toMatchObject({ text: 'two', rev: 3 });
    expect(await textsOf('taken')).toEqual(['two']);
    expect((await entriesOf('taken')).map(({ from }) => from)).toEqual([1, 2, 3]);
  });

  it('L5: a look at a taken place that fails proves nothing: it goes on until the database says', async () => {
    await submit(rooms, 'unseen', create({ text: 'one' }));
    const entry = await foreignEntry('unseen');
    let calls = 0;
    const faulty = await rig.open({
      faults: (sound) =>
        intercept(intercept(sound, 'log', 'findOne', failing(2, 'before')), 'log', 'insertMany', async (proceed) => {
          calls += 1;
          if (calls > 1) return proceed();
          await rig.collections.log.insertOne(entry);
          throw cut();
        }),
    });
    await submit(faulty, 'unseen', create({ text: 'two' }));
    expect(await textsOf('unseen')).toEqual(['one', 'two']);
    await expectSoundLog(rooms, 'unseen');
  });

  it('L5: a caller who does not wait for it is told that the outcome is unknown, and the write goes on', async () => {
    const faulty = await withAppend(failing(5, 'before'));
    await expect(submit(faulty, 'late', create({ text: 'late' }), 50)).rejects.toMatchObject({
      type: 'outcome_unknown',
    });
    // The next write of the room comes behind it.
    await submit(faulty, 'late', create({ text: 'next' }));
    expect(await textsOf('late')).toEqual(['late', 'next']);
  });
});

describe('L6: one bad write fails alone', () => {
  it('L6: a refused entry is split until the one bad write is alone', async () => {
    // The server refuses a document that a validator does not take.
    await rig.database.db.command({
      collMod: 'room_log',
      validator: { 'changes.message.text': { $ne: 'bad' } },
    });
    const sent: boolean[] = [];
    const watched = await withAppend((proceed, [entries]) => {
      sent.push((entries as Entry[]).some(isBad));
      return proceed();
    });
    const writes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) =>
        submit(watched, `mixed-${index % 4}`, create({ text: index === 77 ? 'bad' : `good ${index}` })),
      ),
    );
    const refused = writes.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
    expect(refused).toEqual([77]);
    for (const name of [0, 1, 2, 3]) {
      expect(await textsOf(`mixed-${name}`)).toHaveLength(name === 1 ? 49 : 50);
      await expectSoundLog(rooms, `mixed-${name}`);
    }
    expect(sent.filter(Boolean).length).toBeGreaterThan(1);
  });

  it('L6: what the driver refuses to send fails alone, too', async () => {
    const monster = create({ media: { big: 'x'.repeat(17 * 1_024 * 1_024) } });
    const writes = await Promise.allSettled([
      submit(rooms, 'giant', create({ text: 'one' })),
      submit(rooms, 'giant', monster),
      submit(rooms, 'beside', create({ text: 'beside' })),
      submit(rooms, 'giant', create({ text: 'two' })),
    ]);
    expect(writes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(await textsOf('giant')).toEqual(['one', 'two']);
    expect(await textsOf('beside')).toEqual(['beside']);
  });

  it('L6: an error that names no document is settled once for the whole flush, not split', async () => {
    let calls = 0;
    const faulty = await withAppend((proceed) => {
      calls += 1;
      if (calls === 1) throw cut();
      return proceed();
    });
    await Promise.all(Array.from({ length: 100 }, (_, index) => submit(faulty, `whole-${index % 10}`, create())));
    expect(calls).toBe(2);
  });
});
