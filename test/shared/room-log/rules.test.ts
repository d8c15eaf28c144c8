import { describe, expect, it } from '@jest/globals';
import { isFault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { created, edited, reacted, recoloured, removed } from '#shared/room-log/rules.ts';
import { bytesOf } from '#shared/room-log/sizes.ts';
import { isoOf } from '#shared/room-log/times.ts';
import type { Message, NewMessage } from '#shared/room-log/types.ts';
import { draftOf, frozen } from './memory-room.ts';

const AT = Date.UTC(2026, 10, 24, 22, 50, 38, 123);
const place = { room: 'lobby', seq: 7, rev: 9, createdAt: AT };
const message = (special: Partial<NewMessage> = {}, state: Partial<Message> = {}): Message =>
  frozen({ ...created(draftOf('m1', special), place), ...state });
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isFault(error)) return error.type;
    throw error;
  }
  return 'none';
};
const user = (userId: string) => ({ userId, username: userId.toUpperCase() });

describe('isoOf', () => {
  it.each([
    [AT, '2026-11-24T22:50:38.123000+00:00'],
    [AT - 123, '2026-11-24T22:50:38+00:00'],
    [0, '1970-01-01T00:00:00+00:00'],
    [1, '1970-01-01T00:00:00.001000+00:00'],
    [-1, '1969-12-31T23:59:59.999000+00:00'],
  ])('writes %d with microseconds and offset', (ms, text) => {
    expect(isoOf(ms)).toBe(text);
    expect(Date.parse(isoOf(ms))).toBe(ms);
  });
});

describe('created', () => {
  it('L11: makes timestamp from createdAt, and every other field as clients expect it', () => {
    expect(created(draftOf('m1'), place)).toEqual({
      room: 'lobby',
      messageId: 'm1',
      seq: 7,
      rev: 9,
      createdAt: AT,
      timestamp: '2026-11-24T22:50:38.123000+00:00',
      userId: 'u_1',
      username: 'Alice',
      usernameLc: 'alice',
      avatar: null,
      bubbleColor: null,
      text: 'text of m1',
      kind: null,
      media: null,
      audio: null,
      replyTo: null,
      edited: false,
      lastEditedAt: null,
      edits: [],
      deleted: false,
      deletedAt: null,
      reactions: [],
      previewable: true,
    });
  });
});

describe('edited', () => {
  it('keeps the text before, with the time of the edit', () => {
    const once = frozen(edited(message(), 'two', 10, AT + 1_000));
    const twice = edited(once, 'three', 11, AT + 2_000);
    expect(twice).toMatchObject({ rev: 11, text: 'three', edited: true, lastEditedAt: isoOf(AT + 2_000) });
    expect(twice.edits).toEqual([
      { previousText: 'text of m1', editedAt: isoOf(AT + 1_000) },
      { previousText: 'two', editedAt: isoOf(AT + 2_000) },
    ]);
  });

  it('keeps the newest 100 edits, oldest first', () => {
    let state = message();
    for (let n = 1; n <= 130; n += 1) state = frozen(edited(state, `text ${n}`, n, AT + n));
    expect(state.edits).toHaveLength(100);
    expect(state.edits[0]?.previousText).toBe('text 30');
    expect(state.edits.at(-1)?.previousText).toBe('text 129');
  });

  it('keeps fewer edits when the document would pass 256 KiB', () => {
    let state = message();
    for (let n = 1; n <= 12; n += 1) state = frozen(edited(state, `${n}${'€'.repeat(19_990)}`, n, AT + n));
    expect(state.edits.map(({ previousText }) => previousText.slice(0, 2))).toEqual(['9€', '10', '11']);
    expect(bytesOf(state)).toBeLessThanOrEqual(LIMITS.documentBytes);
  });

  it('refuses to revive a deleted message', () => {
    expect(codeOf(() => edited(removed(message(), 10, AT), 'again', 11, AT))).toBe('message_deleted');
  });
});

describe('removed', () => {
  it('leaves no text, media, audio or earlier text behind', () => {
    const secret = { text: 'secret', media: { original: 'secret' }, audio: { url: 'secret' }, kind: 'media' };
    const state = removed(frozen(edited(message(secret), 'secret too', 10, AT)), 11, AT + 5);
    expect(JSON.stringify(state)).not.toContain('secret');
    expect(state).toMatchObject({ rev: 11, text: '', edits: [], deleted: true, deletedAt: isoOf(AT + 5) });
    expect(Object.keys(state)).not.toEqual(expect.arrayContaining(['media']));
    expect(Object.keys(state)).not.toEqual(expect.arrayContaining(['audio']));
    expect(Object.keys(state)).not.toEqual(expect.arrayContaining(['previewable']));
  });

  it('keeps kind, reactions and the idempotency key', () => {
    const before = frozen(
      reacted(message({ kind: 'gif', author: 'id:u', key: 'k', keyHash: 'h' }), user('u'), '👍', 10, 1),
    );
    expect(removed(before, 11, AT)).toMatchObject({
      kind: 'gif',
      reactions: before.reactions,
      author: 'id:u',
      key: 'k',
      keyHash: 'h',
    });
  });

  it('gives the same state back when it is deleted already', () => {
    const state = frozen(removed(message(), 10, AT));
    expect(removed(state, 11, AT + 9)).toBe(state);
  });
});

describe('reacted', () => {
  const two = frozen(reacted(frozen(reacted(message(), user('ann'), '👍', 10, 1)), user('bob'), '❤', 11, 2));

  it('adds one reaction a user', () => {
    expect(two.reactions).toEqual([
      { userId: 'ann', username: 'ANN', emoji: '👍', at: 1 },
      { userId: 'bob', username: 'BOB', emoji: '❤', at: 2 },
    ]);
    expect(two.rev).toBe(11);
  });

  it('replaces another emoji in its place, with a new time', () => {
    const { reactions } = reacted(two, user('ann'), '🎉', 12, 3);
    expect(reactions.map(({ userId, emoji, at }) => [userId, emoji, at])).toEqual([
      ['ann', '🎉', 3],
      ['bob', '❤', 2],
    ]);
  });

  it.each([['👍'], [null], [''], ['  ']])('removes on %j', (emoji) => {
    const state = reacted(two, user('ann'), emoji, 12, 3);
    expect(state.reactions.map(({ userId }) => userId)).toEqual(['bob']);
    expect(state.rev).toBe(12);
  });

  it.each([[null], [''], ['  ']])('gives the same state back when %j has nothing to remove', (emoji) => {
    expect(reacted(two, user('eve'), emoji, 12, 3)).toBe(two);
  });

  it('is allowed on deleted messages', () => {
    const state = frozen(removed(two, 12, AT));
    expect(reacted(state, user('eve'), '👍', 13, 4).reactions).toHaveLength(3);
  });

  it.each([['__proto__'], ['a.b'], ['$x'], ['constructor'], ['']])('takes the userId %j as a value', (userId) => {
    const state = frozen(reacted(message(), user(userId), '👍', 10, 1));
    expect(state.reactions).toEqual([{ userId, username: userId.toUpperCase(), emoji: '👍', at: 1 }]);
    expect(reacted(state, user(userId), '👍', 11, 2).reactions).toEqual([]);
  });

  it('refuses reaction 2,001, and still replaces and removes', () => {
    const reactions = Array.from({ length: LIMITS.reactors }, (_, n) => ({
      userId: `u${n}`,
      username: null,
      emoji: '👍',
      at: n,
    }));
    const full = message({}, { reactions });
    expect(codeOf(() => reacted(full, user('one more'), '👍', 10, 1))).toBe('reactions_full');
    expect(reacted(full, user('u0'), '❤', 10, 1).reactions).toHaveLength(LIMITS.reactors);
    expect(reacted(full, user('u0'), null, 10, 1).reactions).toHaveLength(LIMITS.reactors - 1);
  });
});

describe('recoloured', () => {
  it('L1: gives its rev to an older state and leaves a newer one', () => {
    const state = message();
    expect(recoloured(state, 'red', 10)).toEqual({ ...state, rev: 10, bubbleColor: 'red' });
    expect(recoloured(state, 'red', 9)).toBe(state);
  });
});
