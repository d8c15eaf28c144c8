import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { filledQuote, quotedOf, quotedText, quoteIdsOf } from '#shared/room-log/quotes.ts';
import { created, edited, removed } from '#shared/room-log/rules.ts';
import { isoOf } from '#shared/room-log/times.ts';
import type { Message, NewMessage } from '#shared/room-log/types.ts';
import { draftOf, frozen } from './memory-room.ts';

const message = (special: Partial<NewMessage> = {}): Message =>
  frozen(created(draftOf('m1', special), { room: 'lobby', seq: 1, rev: 1, createdAt: 5_000 }));
const sent = frozen({ messageId: 'm1', username: 'Mallory', text: 'forged', timestamp: 'then', kind: 'text' });
const reply = (messageId?: string) => ({ replyTo: { messageId, text: '' } });

describe('quotedOf', () => {
  it('takes what quotes show, media and audio only when there are any', () => {
    expect(quotedOf(message({ kind: 'gif', media: { url: 'x' } }))).toEqual({
      messageId: 'm1',
      username: 'Alice',
      text: 'text of m1',
      timestamp: isoOf(5_000),
      kind: 'gif',
      media: { url: 'x' },
      deleted: false,
      deletedAt: null,
    });
  });
});

describe('the text of a quote', () => {
  it('is at most 2 KiB of the target, in whole characters, so that no answer grows by a long text quoted often', () => {
    const shown = quotedOf(message({ text: '😀'.repeat(1_000) })).text;
    expect(shown).toBe('😀'.repeat(512));
    expect(filledQuote(sent, { ...quotedOf(message()), text: `${'€'.repeat(682)}abc` })).toMatchObject({
      text: `${'€'.repeat(682)}ab`,
    });
    expect(quotedText('x'.repeat(2_048))).toHaveLength(2_048);
    expect(quotedText('x'.repeat(2_049))).toHaveLength(2_048);
  });
});

describe('a cut text', () => {
  it('does not keep the whole one in memory', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heap = () => (collect(), process.memoryUsage().heapUsed);
    const before = heap();
    const kept = Array.from({ length: 60 }, (_, n) => quotedText(String(n).padEnd(1_000_000, 'x')));
    expect(heap() - before).toBeLessThan(10_000_000);
    expect(kept[59]).toHaveLength(2_048);
  });
});

describe('quoteIdsOf', () => {
  it('names each quoted message once', () => {
    expect(quoteIdsOf([reply('a'), { replyTo: null }, reply('b'), reply('a'), reply(), reply('')])).toEqual(['a', 'b']);
  });
});

describe('filledQuote (L12)', () => {
  it('shows the target, not what was sent', () => {
    const target = quotedOf(edited(message({ audio: { url: 'y' }, kind: 'audio' }), 'new', 2, 6_000));
    expect(filledQuote(sent, target)).toEqual({
      messageId: 'm1',
      username: 'Alice',
      text: 'new',
      timestamp: isoOf(5_000),
      kind: 'audio',
      audio: { url: 'y' },
    });
  });

  it('shows no kind where the target has none', () => {
    expect(filledQuote(sent, quotedOf(message()))).not.toHaveProperty('kind');
  });

  it('shows nothing of a deleted target but that it is deleted', () => {
    const target = quotedOf(removed(message({ media: { url: 'secret' }, text: 'secret' }), 2, 7_000));
    expect(filledQuote({ ...sent, media: { url: 'secret' } }, target)).toEqual({
      messageId: 'm1',
      username: 'Alice',
      text: '',
      timestamp: isoOf(5_000),
      deleted: true,
      deletedAt: isoOf(7_000),
    });
  });

  it.each([[null], [undefined]])('shows what was sent when the target is %s', (target) => {
    expect(filledQuote(sent, target)).toEqual(sent);
    expect(filledQuote({ timestamp: 'then', text: '', deleted: false, media: null }, target)).toEqual({
      timestamp: 'then',
      text: '',
    });
  });

  it('shows an empty text where a stored quote has none', () => {
    expect(filledQuote({ messageId: 'm1' } as typeof sent, null)).toEqual({ messageId: 'm1', text: '' });
  });

  it('is null without a quote', () => {
    expect(filledQuote(null, quotedOf(message()))).toBeNull();
  });
});
