import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '#shared/limits.ts';
import { quotesOf } from '#shared/room-log/lookups.ts';
import { filledQuote } from '#shared/room-log/quotes.ts';
import type { Quote } from '#shared/room-log/types.ts';
import { viewOf } from '#shared/room-log/view.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';
import { type Instance, ManualClock, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, react, recolour, remove } from '#test/room-log/support/messages.ts';

let rig: Rig;
let rooms: Instance;

beforeAll(async () => {
  rig = await openRig();
  rooms = await rig.open();
});

afterAll(() => rig.close());

const itemsOf = async (room: string, reader = rooms) => viewsOfWindow((await reader.window(room))!.window);

const reply = (messageId: string): Quote => ({ messageId, text: 'as sent', username: 'Sent' });

/** The quote of the room's last message, as its window and as a look-up show it. */
async function shown(room: string, reader: Instance) {
  const { window, head } = (await reader.window(room))!;
  const item = window.items.at(-1)!;
  const looked = await quotesOf(reader.collections, head, [item]);
  const inWindow = viewsOfWindow(window).at(-1)!.replyTo;
  expect(filledQuote(item.replyTo, looked.get(item.replyTo!.messageId!))).toEqual(inWindow);
  return inWindow;
}

describe('L11: time', () => {
  it("L11: createdAt is the database's time, whatever the local clock says", async () => {
    const realNow = Date.now;
    Date.now = () => realNow() + 86_400_000;
    try {
      const wrong = await rig.open();
      const { localTime } = (await rig.database.db.command({ hello: 1 })) as { localTime: Date };
      const { message } = await submit(wrong, 'clock', create());
      expect(Math.abs(message!.createdAt - localTime.getTime())).toBeLessThan(60_000);
    } finally {
      Date.now = realNow;
    }
  });

  it('L11: createdAt never falls behind, also when the next writer is slow by 5 s, or a year', async () => {
    const slow = await rig.open({ clock: new ManualClock(1_000_000_000_000) });
    const fast = await rig.open({ clock: new ManualClock(1_000_000_005_000) });
    for (const one of [slow, fast, slow, slow, fast]) await submit(one, 'order', create());
    const times = (await itemsOf('order')).map(({ createdAt }) => createdAt - 1_000_000_000_000);
    expect(times).toEqual([0, 5_000, 5_001, 5_002, 5_003]);
  });

  it('L11: above 1,000 messages a second createdAt runs ahead, 1 ms a message', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const still = await rig.open({ clock });
    const outcomes = await Promise.all(Array.from({ length: 1_500 }, () => submit(still, 'burst', create({}, true))));
    const times = outcomes.map(({ message }) => message!.createdAt - clock.time);
    expect(times).toEqual(Array.from({ length: 1_500 }, (_, index) => index));
    expect((await still.head('burst'))!.createdAt).toBe(clock.time + 1_499);
    // Edits and reactions, too, never lie before the message.
    const last = outcomes.at(-1)!.message!;
    const reacted = await submit(still, 'burst', react(last.messageId, 'bob', '👍'));
    expect(reacted.message!.reactions[0]!.at).toBe(last.createdAt + 1);
  });

  it('L11: timestamp is made from createdAt, with microseconds and offset, the fraction left out when zero', async () => {
    const clock = new ManualClock(Date.UTC(2026, 10, 24, 22, 50, 38, 123));
    const still = await rig.open({ clock });
    expect((await submit(still, 'stamps', create())).message!.timestamp).toBe('2026-11-24T22:50:38.123000+00:00');
    clock.time = Date.UTC(2026, 10, 24, 22, 50, 39);
    expect((await submit(still, 'stamps', create())).message!.timestamp).toBe('2026-11-24T22:50:39+00:00');
  });
});

describe('L12: quotes are filled on reading', () => {
  it('L12: follow edits and deletions at once, through every instance, also when the target left the window', async () => {
    const other = await rig.open();
    await submit(rooms, 'quotes', create({ messageId: 'target', text: 'first', media: { url: 'a' } }));
    await Promise.all(Array.from({ length: 600 }, () => submit(rooms, 'quotes', create({}, true))));
    await submit(rooms, 'quotes', create({ text: 'reply', replyTo: reply('target') }));
    for (const reader of [rooms, other]) {
      expect((await itemsOf('quotes', reader)).some(({ messageId }) => messageId === 'target')).toBe(false);
      expect(await shown('quotes', reader)).toMatchObject({ text: 'first', username: 'Ann', media: { url: 'a' } });
    }
    await submit(rooms, 'quotes', edit('target', 'second'));
    for (const reader of [rooms, other]) expect(await shown('quotes', reader)).toMatchObject({ text: 'second' });
    await submit(other, 'quotes', remove('target'));
    for (const reader of [rooms, other, await rig.open()]) {
      const quote = await shown('quotes', reader);
      expect(quote).toMatchObject({ text: '', deleted: true });
      expect(quote).not.toHaveProperty('media');
    }
    // Nothing was written to the reply itself.
    const newest = { sort: { seq: -1 }, projection: { _id: 0, replyTo: 1 } } as const;
    expect(await rig.collections.group.findOne({ room: 'quotes' }, newest)).toEqual({ replyTo: reply('target') });
  });

  it('L12: of an unknown target the snapshot is shown, until a message of that id comes', async () => {
    await submit(rooms, 'unknown', create({ replyTo: reply('later') }));
    expect(await shown('unknown', rooms)).toMatchObject({ text: 'as sent', username: 'Sent' });
    await submit(rooms, 'unknown', create({ messageId: 'later', text: 'now here' }));
    expect((await itemsOf('unknown'))[0]!.replyTo).toMatchObject({ text: 'now here' });
  });

  it('L12: a quote that names only a time finds the newest message of that time', async () => {
    const { message } = await submit(rooms, 'by-time', create({ text: 'target' }));
    const replyTo = { timestamp: message!.timestamp, text: 'as sent' };
    const answer = await submit(rooms, 'by-time', create({ replyTo }));
    expect(answer.message!.replyTo).toMatchObject({ messageId: message!.messageId });
    expect(await shown('by-time', rooms)).toMatchObject({ text: 'target' });
  });
});

describe('L14: bubble colour', () => {
  it('L14: recolours the messages of that user among the newest 500, and says how many', async () => {
    await Promise.all(
      Array.from({ length: 600 }, (_, index) =>
        submit(rooms, 'colours', create({ username: index % 3 === 0 ? 'Bob' : 'Ann' }, true)),
      ),
    );
    const { count } = await submit(rooms, 'colours', recolour('bob', 'red'));
    const messages = await rig.collections.group.find({ room: 'colours' }).sort({ seq: 1 }).toArray();
    const red = messages.filter(({ bubbleColor }) => bubbleColor === 'red').map(({ seq }) => seq);
    expect(red).toEqual(messages.filter(({ seq }) => seq > 100 && seq % 3 === 1).map(({ seq }) => seq));
    expect(count).toBe(red.length);
    const head = (await rooms.head('colours'))!;
    expect(messages.filter(({ bubbleColor }) => bubbleColor === 'red').every(({ rev }) => rev === head.rev)).toBe(true);
    for (const reader of [rooms, await rig.open()])
      expect((await itemsOf('colours', reader)).filter(({ bubbleColor }) => bubbleColor === 'red')).toHaveLength(count);
  });

  it('L14: the same colour again changes nothing; another does; a deleted room has forgotten it', async () => {
    await submit(rooms, 'same', create());
    expect((await submit(rooms, 'same', recolour('ann', 'red'))).count).toBe(1);
    expect((await submit(rooms, 'same', recolour('ann', 'red'))).count).toBe(0);
    expect((await rooms.head('same'))!.rev).toBe(2);
    expect((await submit(rooms, 'same', recolour('ann', 'blue'))).count).toBe(1);
    await submit(rooms, 'same', deleteRoom);
    await submit(rooms, 'same', create());
    expect((await submit(rooms, 'same', recolour('ann', 'blue'))).count).toBe(1);
    expect((await itemsOf('same'))[0]).toMatchObject({ bubbleColor: 'blue' });
  });

  it('L14: leaves messages with a higher rev, and never counts as the last change of a message', async () => {
    await submit(rooms, 'mixed', create({ messageId: 'a', text: 'one' }));
    await Promise.all([
      submit(rooms, 'mixed', edit('a', 'two')),
      submit(rooms, 'mixed', recolour('ann', 'red')),
      submit(rooms, 'mixed', react('a', 'bob', '👍')),
    ]);
    const [entry] = await rig.collections.log.find({ room: 'mixed' }).sort({ from: -1 }).limit(1).toArray();
    expect(entry!.changes).toHaveLength(3);
    expect(entry!.changes.at(-1)!.message).toMatchObject({ text: 'two', bubbleColor: 'red', rev: 4 });
    const stored = await rig.collections.group.findOne({ room: 'mixed' }, { projection: { _id: 0 } });
    expect(stored).toEqual(entry!.changes.at(-1)!.message);
    const view = viewOf(stored!, undefined);
    for (const reader of [rooms, await rig.open()]) expect(await itemsOf('mixed', reader)).toEqual([view]);
  });

  it('L14: the colour document is written before the head moves', async () => {
    await submit(rooms, 'document', create());
    const outcome = submit(rooms, 'document', recolour('ann', 'green'));
    let rev = 1;
    while (rev < 2) {
      rev = (await rooms.head('document'))!.rev;
      await sleep(1);
    }
    expect(await rig.collections.colours.findOne({ room: 'document' })).toMatchObject({ colour: 'green', rev: 2 });
    await outcome;
  });

  it('L14: in a flush with more changes than an entry takes, every user keeps the last colour', async () => {
    await submit(rooms, 'many', create());
    const writes = Array.from({ length: LIMITS.entryChanges + 100 }, (_, index) =>
      submit(rooms, 'many', recolour(`user-${index % 7}`, `colour-${index}`)),
    );
    await Promise.all(writes);
    const colours = await rig.collections.colours.find({ room: 'many' }).sort({ usernameLc: 1 }).toArray();
    const last = (user: number) => writes.map((_, index) => index).findLast((index) => index % 7 === user);
    expect(colours.map(({ colour }) => colour)).toEqual([0, 1, 2, 3, 4, 5, 6].map((user) => `colour-${last(user)}`));
  });
});
