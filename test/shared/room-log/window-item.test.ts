import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { quotedOf } from '#shared/room-log/quotes.ts';
import type { Message, Quoted, Window } from '#shared/room-log/types.ts';
import { viewOf } from '#shared/room-log/view.ts';
import { itemJson, itemOf, quotedOfItem, recolouredItem, windowJson } from '#shared/room-log/window-item.ts';
import { message, messages } from '#test/shared/rooms/samples.ts';

const NOTHING: ReadonlyMap<string, Quoted | null> = new Map();
/** What looks like the place of a quote, wherever a sender can put it. */
const TRAP = '"replyTo":null,"edited":';
const trapped: Partial<Message> = {
  text: TRAP,
  media: { replyTo: null, edited: true, text: TRAP },
  audio: { [TRAP]: null },
  edited: true,
  edits: [{ previousText: TRAP, editedAt: TRAP }],
  reactions: [
    { userId: 'replyTo', emoji: TRAP, at: 1, username: null },
    { userId: '__proto__', emoji: '👍', at: 2, username: TRAP },
  ],
};

describe('an item of a window', () => {
  it('is the JSON of the view, with whatever quote there is', () => {
    const target = message('general', 1, trapped);
    const quotes = new Map([
      ['m1', quotedOf(target)],
      ['gone', null],
    ]);
    for (const more of [{}, trapped, { ...trapped, deleted: true }])
      for (const replyTo of [
        null,
        { text: 'only a text' },
        { messageId: 'm1', text: TRAP },
        { messageId: 'gone', text: 'x' },
      ]) {
        const one = message('general', 2, { ...more, replyTo });
        const known = replyTo?.messageId ? quotes.get(replyTo.messageId) : undefined;
        expect(itemJson(itemOf(one), quotes)).toBe(JSON.stringify(viewOf(one, known)));
      }
  });

  it('is so for any text, media and reactions', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(TRAP));
    fc.assert(
      fc.property(text, fc.jsonValue(), text, text, (words, media, userId, quoted) => {
        const reactions = [{ userId, emoji: '👍', at: 1, username: null }];
        const one = message('dm:a|b', 2, { text: words, media, reactions, replyTo: { text: quoted } });
        expect(itemJson(itemOf(one), NOTHING)).toBe(JSON.stringify(viewOf(one, undefined)));
      }),
    );
  });

  it('counts its bytes, and those of the quote that was sent', () => {
    const item = itemOf(message('general', 1, { text: '€' }));
    expect(item.bytes).toBe(Buffer.byteLength(item.json));
    const reply = itemOf(message('general', 1, { text: '€', replyTo: { text: 'x'.repeat(1_000) } }));
    expect(reply.bytes).toBeGreaterThan(item.bytes + 1_000);
  });

  it('gets another colour, and nothing else, unless it is newer', () => {
    const one = message('general', 2, { ...trapped, replyTo: { messageId: 'm1', text: TRAP } });
    const item = itemOf(one);
    const red = recolouredItem(item, 'red', 9);
    expect(red).toEqual(itemOf({ ...one, bubbleColor: 'red', rev: 9 }));
    expect(itemJson(red, NOTHING)).toBe(JSON.stringify(viewOf({ ...one, bubbleColor: 'red', rev: 9 }, undefined)));
    expect(recolouredItem(red, 'blue', 9)).toBe(red);
  });

  it('says what quotes show of it', () => {
    for (const more of [{}, trapped, { deleted: true, deletedAt: 'then', text: '' }]) {
      const one = message('general', 1, more);
      expect(quotedOfItem(itemOf(one))).toEqual(quotedOf(one));
    }
  });
});

describe('JSON of a window', () => {
  const items = messages('general', 5, (seq) => {
    if (seq === 4) return { replyTo: { messageId: 'm1', text: 'sent' } };
    return seq === 5 ? { replyTo: { messageId: 'far', text: 'sent' } } : {};
  }).map((one) => itemOf(one));
  const window: Window = {
    room: 'general',
    epoch: 'e',
    rev: 5,
    floorSeq: 0,
    startSeq: 1,
    items,
    quotes: new Map([
      ['m1', quotedOf(message('general', 1))],
      ['far', quotedOf(message('general', 0, { messageId: 'far', text: 'far away' }))],
    ]),
    bytes: 0,
  };

  it('has its newest messages, oldest first, quotes filled', () => {
    const parsed = JSON.parse(windowJson(window, 3)) as { messageId: string; replyTo: { text: string } | null }[];
    expect(parsed.map(({ messageId }) => messageId)).toEqual(['m3', 'm4', 'm5']);
    expect(parsed.map(({ replyTo }) => replyTo?.text)).toEqual([undefined, 'text 1', 'far away']);
    expect(windowJson({ ...window, items: [] }, 3)).toBe('[]');
    expect(JSON.parse(windowJson(window, 500))).toHaveLength(5);
  });
});
