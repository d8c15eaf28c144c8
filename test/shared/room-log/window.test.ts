import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LIMITS } from '#shared/limits.ts';
import { quotedOf } from '#shared/room-log/quotes.ts';
import { quoteBytes, textBytes } from '#shared/room-log/sizes.ts';
import type { Command, Entry, Window } from '#shared/room-log/types.ts';
import { itemOf, viewsOfWindow } from '#shared/room-log/window-item.ts';
import { applyEntry, missingQuotes, windowOf, withQuotes } from '#shared/room-log/window.ts';
import { history } from './commands.ts';
import { create, EPOCH, frozen, MemoryRoom } from './memory-room.ts';

const AT = 1_000;
const edit = (messageId: string, newText: string): Command => ({ op: 'edit', messageId, newText });
const remove = (messageId: string): Command => ({ op: 'delete', messageId });
const recolour = (usernameLc: string, colour: string): Command => ({ op: 'recolour', usernameLc, colour });
const reply = (messageId: string, quoted: string, special = {}) =>
  create(messageId, { ...special, replyTo: { messageId: quoted, text: 'as sent' } });
const many = (count: number, name: (n: number) => string, special = {}) =>
  Array.from({ length: count }, (_, n) => create(name(n), special));

/** As a reader does: what is missing is looked for. */
const filled = (window: Window, room: MemoryRoom): Window =>
  frozen(withQuotes(window, room.documents, missingQuotes(window)));

/** Runs commands, and carries the window on by the entries they made. */
function follow(window: Window, room: MemoryRoom, commands: readonly Command[], at = AT, most = Infinity): Window {
  const known = room.entries.length;
  room.run(commands, at, most);
  let next = window;
  for (const entry of room.entries.slice(known)) {
    const applied = applyEntry(next, entry, EPOCH);
    if (!applied) throw new Error('a hole');
    next = frozen(applied);
  }
  return filled(next, room);
}

/** The messages of a room, as windows keep them. */
const shownOf = (room: MemoryRoom) => room.live().map((message) => itemOf(message));
const lastEntry = (room: MemoryRoom): Entry => room.entries.at(-1)!;

/** A room of 497 messages, m0 … m3 the oldest: the next few push them out of the window. */
const nearlyFull = new MemoryRoom('dm:a|b');
nearlyFull.run([...many(4, (n) => `m${n}`), ...many(493, (n) => `filler ${n}`, { usernameLc: 'bob' })], 1);

/** What must hold of every window, however it came about. */
function expectSound(window: Window, room: MemoryRoom): void {
  expect(window.rev).toBe(room.head.rev);
  expect(window.items).toEqual(shownOf(room).filter(({ seq }) => seq >= window.startSeq));
  expect(window.items.length).toBeLessThanOrEqual(LIMITS.windowMessages);
  expect(window.bytes).toBeLessThanOrEqual(LIMITS.windowBytes);
  let bytes = window.items.reduce((sum, item) => sum + item.bytes, 0);
  for (const [id, quoted] of window.quotes) {
    bytes += quoteBytes(quoted) + textBytes(id);
    const target = room.live().find(({ messageId }) => messageId === id);
    expect(quoted).toEqual(target ? quotedOf(target) : null);
    expect(window.items.some(({ replyTo }) => replyTo?.messageId === id)).toBe(true);
  }
  expect(window.bytes).toBe(bytes);
  expect(missingQuotes(window)).toEqual([]);
}

describe('windowOf', () => {
  it('knows where it starts', () => {
    const room = new MemoryRoom('lobby');
    expect(room.window()).toMatchObject({ rev: 0, items: [], startSeq: 1, bytes: 0 });
    room.run(
      many(3, (n) => `m${n}`),
      AT,
    );
    expect(room.window()).toMatchObject({ rev: 3, startSeq: 1, epoch: EPOCH, floorSeq: 0 });
    expect(room.window(2)).toMatchObject({ rev: 3, startSeq: 2 });
    room.run([{ op: 'delete-room' }], AT);
    expect(room.window()).toMatchObject({ rev: 4, items: [], startSeq: 4, floorSeq: 3 });
  });

  it('starts after the newest message when a query that ended early found none', () => {
    const base = { room: 'lobby', epoch: EPOCH, rev: 9, floorSeq: 0, headSeq: 7, newestFirst: [] };
    expect(windowOf({ ...base, complete: false }).startSeq).toBe(8);
  });

  it('keeps texts at the limit, in characters of three bytes, inside 4 MiB', () => {
    const room = new MemoryRoom('lobby');
    room.run(
      many(500, (n) => `m${n}`, { text: '€'.repeat(LIMITS.text) }),
      AT,
    );
    const window = room.window();
    expect(window.items).toHaveLength(69);
    expect(window.startSeq).toBe(432);
    expectSound(window, room);
  });
});

describe('applyEntry', () => {
  it('takes new messages, changes and deletions', () => {
    const room = new MemoryRoom('lobby');
    const window = follow(room.window(), room, [create('a'), create('b'), edit('a', 'new'), remove('b'), create('c')]);
    expect(viewsOfWindow(window).map(({ text }) => text)).toEqual(['new', '', 'text of c']);
    expectSound(window, room);
  });

  it('gives the same window back for an entry that it has', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a')], AT);
    const window = room.window();
    expect(applyEntry(window, lastEntry(room), EPOCH)).toBe(window);
  });

  it('gives null for a hole', () => {
    const room = new MemoryRoom('lobby');
    const window = room.window();
    room.run([create('a')], AT);
    room.run([create('b')], AT);
    expect(applyEntry(window, lastEntry(room), EPOCH)).toBeNull();
  });

  it('L8: gives null for another epoch', () => {
    const room = new MemoryRoom('lobby');
    const window = room.window();
    room.run([create('a')], AT);
    expect(applyEntry(window, lastEntry(room), 'another')).toBeNull();
  });

  it('leaves a state alone that is newer than the entry: a query may be ahead of its label', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a')], AT);
    const label = room.head.rev;
    room.run([edit('a', 'newer')], AT);
    room.run([recolour('alice', 'red')], AT);
    room.run([edit('a', 'newest')], AT);
    let window = frozen({ ...room.window(), rev: label });
    for (const entry of room.entries.slice(1)) {
      window = frozen(applyEntry(window, entry, EPOCH)!);
      expect(window.items).toEqual(shownOf(room));
    }
    expect(window).toEqual(room.window());
  });

  it('L14: recolours the messages of the user in the range, and only those', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a'), create('b', { usernameLc: 'bob' }), create('c')], AT);
    const window = follow(room.window(), room, [recolour('alice', 'red')]);
    expect(viewsOfWindow(window).map(({ bubbleColor, rev }) => [bubbleColor, rev])).toEqual([
      ['red', 4],
      [null, 2],
      ['red', 4],
    ]);
    expectSound(window, room);
  });

  it('L14: recolours nothing outside the range', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a'), create('b'), create('c')], AT);
    const window = room.window();
    room.run([recolour('alice', 'red')], AT);
    const { changes, ...entry } = lastEntry(room);
    const narrow = { ...changes[0]!, op: { usernameLc: 'alice', colour: 'red', fromSeq: 2, toSeq: 2 } };
    const after = applyEntry(window, { ...entry, changes: [narrow] }, EPOCH);
    expect(viewsOfWindow(after!).map(({ bubbleColor }) => bubbleColor)).toEqual([null, 'red', null]);
  });

  it('L13: is empty after the room was deleted, and goes on from there', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a'), reply('b', 'unknown')], AT);
    let window = follow(filled(room.window(), room), room, [{ op: 'delete-room' }]);
    expect(window).toMatchObject({ items: [], floorSeq: 2, startSeq: 3, bytes: 0, quotes: new Map() });
    window = follow(window, room, [create('c')]);
    expect(window).toEqual(room.window());
  });

  it('slides on to the newest 500 messages', () => {
    const room = new MemoryRoom('dm:a|b', nearlyFull);
    const window = follow(
      room.window(),
      room,
      many(5, (n) => `new ${n}`),
    );
    expect(window).toMatchObject({ startSeq: 3 });
    expect(window.items).toHaveLength(500);
    expect(window).toEqual(room.window());
  });

  it('slides on when texts pass 4 MiB', () => {
    const room = new MemoryRoom('lobby');
    const window = follow(
      room.window(),
      room,
      many(200, (n) => `m${n}`, { text: '€'.repeat(LIMITS.text) }),
    );
    expect(window).toEqual(room.window());
    expectSound(window, room);
  });

  it('keeps the newest message, also when it passes 4 MiB alone', () => {
    const room = new MemoryRoom('lobby');
    const window = follow(room.window(), room, [create('m0'), create('m1', { text: '€'.repeat(2_000_000) })]);
    expect(window.items.map(({ messageId }) => messageId)).toEqual(['m1']);
    expect([window.startSeq, room.window().startSeq]).toEqual([2, 2]);
  });

  it('changes nothing of the window before', () => {
    const room = new MemoryRoom('dm:a|b', nearlyFull);
    const window = room.window();
    const before = structuredClone({ ...window, items: window.items.slice(0, 3) });
    follow(window, room, [edit('m0', 'x'), reply('n', 'm0'), ...many(9, (n) => `new ${n}`), remove('m0')]);
    expect({ ...window, items: window.items.slice(0, 3) }).toEqual(before);
  });
});

describe('quotes of a window (L12)', () => {
  it('looks only for messages outside the window', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a'), reply('b', 'a'), reply('c', 'unknown')], AT);
    expect(missingQuotes(room.window())).toEqual(['unknown']);
    const window = filled(room.window(), room);
    expect([...window.quotes.keys()].sort()).toEqual(['a', 'unknown']);
    expect(window.quotes.get('a')).toMatchObject({ text: 'text of a' });
    expect(window.quotes.get('unknown')).toBeNull();
    expect(missingQuotes(window)).toEqual([]);
  });

  it('L13: finds nothing below the floor', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a'), { op: 'delete-room' }, reply('b', 'a')], AT);
    expect(filled(room.window(), room).quotes).toEqual(new Map([['a', null]]));
  });

  it('keeps a message that slides out while it is quoted, and follows its changes', () => {
    const room = new MemoryRoom('dm:a|b', nearlyFull);
    let window = follow(room.window(), room, [reply('n', 'm0'), ...many(9, (n) => `new ${n}`)]);
    expect(window.quotes.get('m0')).toMatchObject({ text: 'text of m0' });
    window = follow(window, room, [edit('m0', 'edited')]);
    expect(window.quotes.get('m0')).toMatchObject({ text: 'edited' });
    window = follow(window, room, [remove('m0')]);
    expect(window.quotes.get('m0')).toMatchObject({ text: '', deleted: true });
    expectSound(window, room);
  });

  it('drops a quote that nobody in the window uses any more', () => {
    const room = new MemoryRoom('dm:a|b', nearlyFull);
    let window = follow(room.window(), room, [reply('n', 'm0'), ...many(9, (n) => `new ${n}`)]);
    expect(window.quotes.size).toBe(1);
    window = follow(
      window,
      room,
      many(500, (n) => `newer ${n}`),
    );
    expect(window.quotes.size).toBe(0);
    expect(window).toEqual(room.window());
  });

  it('keeps nothing that nobody quotes', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a'), create('b')], AT);
    const window = room.window();
    expect(withQuotes(window, new Map(), ['unused'])).toEqual(window);
  });

  it('takes a quoted message that comes later for what it is', () => {
    const room = new MemoryRoom('lobby');
    room.run([reply('a', 'b')], AT);
    const window = follow(filled(room.window(), room), room, [create('b')]);
    expect(window.quotes.get('b')).toMatchObject({ text: 'text of b' });
    expectSound(window, room);
  });

  it('counts quotes among the 4 MiB', () => {
    const room = new MemoryRoom('lobby');
    const media = { url: 'x'.repeat(LIMITS.mediaBytes - 100) };
    room.run(
      many(200, (n) => `old ${n}`, { media }),
      AT,
    );
    room.run(
      many(500, (n) => `filler ${n}`),
      AT,
    );
    const replies = Array.from({ length: 200 }, (_, n) => reply(`reply ${n}`, `old ${n}`, { media }));
    const window = follow(room.window(), room, replies);
    expectSound(window, room);
    expect(window.quotes.size).toBeGreaterThan(100);
    expect(window.items.length).toBeLessThan(150);
  });
});

describe('any history', () => {
  it('gives the same window by entries as by a query, quotes included', () => {
    fc.assert(
      fc.property(history(20, 5), fc.boolean(), fc.integer({ min: 1, max: 6 }), (batches, full, most) => {
        const room = new MemoryRoom('dm:a|b', full ? nearlyFull : undefined);
        let window = filled(room.window(), room);
        for (const { at, commands } of batches) {
          window = follow(window, room, commands, at, most);
          expect(window).toEqual(filled(room.window(), room));
        }
        expectSound(window, room);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps long texts inside the sizes, and the window sound', () => {
    const long = '€'.repeat(LIMITS.text);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(120)), { minLength: 40, maxLength: 90 }), (steps) => {
        const room = new MemoryRoom('lobby');
        room.run(
          many(40, (n) => `m${n}`, { text: long }),
          AT,
        );
        let window = filled(room.window(), room);
        let next = 40;
        for (const [what, target] of steps) {
          const command = [edit(`m${target}`, long), remove(`m${target}`)][what];
          window = follow(window, room, [command ?? reply(`m${next}`, `m${target % next}`, { text: long })]);
          if (!command) next += 1;
        }
        expect(window.items.length).toBeGreaterThan(0);
        expectSound(window, room);
      }),
      { numRuns: 20 },
    );
  });
});
