import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isFault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { newMessage, type NewMessageParams } from '#shared/rooms/new-message.ts';

const made = (params: Partial<NewMessageParams> = {}) => newMessage({ messageId: 'm1', ...params });
const quoteOf = (replyTo: NewMessageParams['replyTo']) => made({ replyTo }).replyTo;
const codeOf = (params: Partial<NewMessageParams>): string => {
  try {
    made(params);
  } catch (error) {
    if (isFault(error)) return error.type;
    throw error;
  }
  return 'none';
};
const keyed = (params: Partial<NewMessageParams> = {}) => made({ idempotencyKey: 'k', userId: 'u', ...params });
const bytes = (text: string) => Buffer.byteLength(text);

describe('newMessage', () => {
  it('fills what is missing with null, and the text with nothing', () => {
    const empty = {
      messageId: 'm1',
      userId: null,
      username: null,
      usernameLc: null,
      avatar: null,
      bubbleColor: null,
      text: '',
      kind: null,
      media: null,
      audio: null,
      replyTo: null,
      previewable: true,
    };
    expect(made()).toEqual(empty);
    expect(made({ text: null, username: null, media: null, replyTo: null, system: null })).toEqual(empty);
  });

  it('keeps what is sent as it is sent', () => {
    const sent = {
      userId: 'u_1',
      username: ' Alice ',
      avatar: 'data:image/png;base64,AA',
      bubbleColor: '#fff',
      text: ' hi ',
      kind: 'audio',
      media: { original: 'x', 'a.b': [1, null] },
      audio: [false],
    };
    expect(made(sent)).toMatchObject({ ...sent, usernameLc: 'alice' });
  });

  it.each([
    ['  ', null],
    ['', null],
    ['İ', 'i̇'],
    [' BoB ', 'bob'],
  ])('takes %j lowercased and trimmed for looking up', (username, usernameLc) => {
    expect(made({ username }).usernameLc).toBe(usernameLc);
  });

  it('leaves an avatar out that is over 64 Ki characters', () => {
    expect(made({ avatar: 'x'.repeat(LIMITS.messageAvatar) }).avatar).toHaveLength(LIMITS.messageAvatar);
    expect(made({ avatar: 'x'.repeat(LIMITS.messageAvatar + 1) }).avatar).toBeNull();
  });

  it('refuses media and audio over 16 KiB of JSON in bytes, together', () => {
    const half = 'x'.repeat(8 * 1024 - 2);
    expect(codeOf({ media: half, audio: half })).toBe('none');
    expect(codeOf({ media: half, audio: `${half}x` })).toBe('media_too_large');
    expect(codeOf({ media: '€'.repeat(6_000) })).toBe('media_too_large');
  });

  it.each([
    [{ username: 'system' }],
    [{ username: ' System ' }],
    [{ username: '_SYSTEM' }],
    [{ system: true }],
    [{ systemType: 'joined' }],
  ])('leaves %j out of previews: a system line', (params) => {
    expect(made(params)).not.toHaveProperty('previewable');
  });

  it.each([[{ username: 'systemic' }], [{ system: false }], [{ systemType: '  ' }], [{ systemType: null }]])(
    'takes %j for no system line',
    (params) => {
      expect(made(params).previewable).toBe(true);
    },
  );
});

describe('newMessage: quotes', () => {
  it('keeps the allowed fields only', () => {
    const sent = {
      messageId: 'q',
      username: 'Bob',
      text: 'hi',
      timestamp: 't',
      kind: 'gif',
      media: { a: 1 },
      audio: [2],
      deleted: true,
      deletedAt: 'd',
    };
    expect(quoteOf({ ...sent, extra: 'dropped' } as NewMessageParams['replyTo'])).toEqual(sent);
  });

  it('is null without a known field that has a value', () => {
    expect(quoteOf({})).toBeNull();
    expect(quoteOf({ messageId: null, text: null })).toBeNull();
    expect(quoteOf({ other: 1 } as NewMessageParams['replyTo'])).toBeNull();
  });

  it('has an empty text when none was sent', () => {
    expect(quoteOf({ messageId: 'q' })).toEqual({ messageId: 'q', text: '' });
  });

  it('takes replyToMessageId, then replyToTimestamp, only without replyTo', () => {
    const others = { replyToMessageId: 'q', replyToTimestamp: 't' };
    expect(made(others).replyTo).toEqual({ messageId: 'q', text: '' });
    expect(made({ replyToTimestamp: 't' }).replyTo).toEqual({ timestamp: 't', text: '' });
    expect(made({ ...others, replyTo: { messageId: 'r', text: 'x' } }).replyTo).toEqual({ messageId: 'r', text: 'x' });
    expect(made({ ...others, replyTo: {} }).replyTo).toBeNull();
  });

  it('is never refused for its size: media and audio are dropped', () => {
    const big = 'x'.repeat(LIMITS.mediaBytes);
    expect(quoteOf({ messageId: 'q', text: 'hi', media: big, audio: 'y' })).toEqual({ messageId: 'q', text: 'hi' });
  });

  it('has its text cut to 2 KiB without breaking a character', () => {
    expect(quoteOf({ text: 'é'.repeat(2_000) })?.text).toBe('é'.repeat(1_024));
    expect(quoteOf({ text: '€'.repeat(2_000) })?.text).toBe('€'.repeat(682));
    expect(quoteOf({ text: `x${'😀'.repeat(600)}` })?.text).toBe(`x${'😀'.repeat(511)}`);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 400, maxLength: 3_000 }), (text) => {
        const kept = quoteOf({ text })!.text;
        expect(text.startsWith(kept)).toBe(true);
        expect(kept.isWellFormed()).toBe(true);
        expect(bytes(kept)).toBeLessThanOrEqual(LIMITS.quoteTextBytes);
        expect(kept === text || bytes(kept) > LIMITS.quoteTextBytes - 4).toBe(true);
      }),
    );
  });
});

describe('newMessage: idempotency (L10)', () => {
  it('notes author, key and hash only when there is a key', () => {
    expect(made({ userId: 'u' })).not.toHaveProperty('author');
    expect(keyed()).toMatchObject({ author: 'id:u', key: 'k' });
    expect(keyed().keyHash).toMatch(/^[\w-]{43}$/);
  });

  it('takes the lowercase username where there is no userId', () => {
    expect(keyed({ userId: null, username: ' Bob ' }).author).toBe('name:bob');
    expect(keyed({ userId: ' ', username: 'Bob' }).author).toBe('name:bob');
  });

  it('refuses a key without an author', () => {
    expect(codeOf({ idempotencyKey: 'k' })).toBe('idempotency_author_required');
    expect(codeOf({ idempotencyKey: 'k', username: ' ' })).toBe('idempotency_author_required');
  });

  it.each([[''], ['x'.repeat(201)], ['a\tb'], ['é'], ['a\n']])('refuses the key %j', (idempotencyKey) => {
    expect(codeOf({ idempotencyKey, userId: 'u' })).toBe('idempotency_key_invalid');
  });

  it('takes a key of 200 printable characters', () => {
    expect(codeOf({ idempotencyKey: `~ ${'x'.repeat(198)}`, userId: 'u' })).toBe('none');
  });

  it('hashes what was sent, whatever the order of its fields, its messageId and its attempt', () => {
    const { keyHash } = keyed({ text: 'a', media: { x: 1, y: { p: [1, 2], q: null } } });
    const again = { media: { y: { q: null, p: [1, 2] }, x: 1 }, text: 'a', messageId: 'another', fresh: true };
    expect(keyed(again).keyHash).toBe(keyHash);
  });

  it.each([
    [{ text: 'b' }],
    [{ text: null }],
    [{ text: 'a', kind: 'gif' }],
    [{ text: 'a', media: [2, 1] }],
    [{ text: 'a', media: [1, 2, 3] }],
    [{ text: 'a', media: { 0: 1, 1: 2 } }],
    [{ text: 'a', media: '[1,2]' }],
    [{ text: 'a', replyToMessageId: 'q' }],
  ])('tells another body: %j', (params) => {
    expect(keyed(params).keyHash).not.toBe(keyed({ text: 'a', media: [1, 2] }).keyHash);
  });
});
