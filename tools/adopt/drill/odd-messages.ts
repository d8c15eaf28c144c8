import type { Document } from 'mongodb';

/**
 * What an old message may be like: fields that take the place of a plain message's, and what our API is to say of it.
 * A field of `said` that is a function is asked whether the value is right.
 */
export interface Odd {
  stored: Document;
  /** Fields that are missing. */
  without?: string[];
  said: Record<string, unknown>;
}

/** A PNG of one pixel. */
export const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const edit = (n: number) => ({ previousText: `text ${n}`, editedAt: '2024-01-01T00:00:00.500000+00:00' });
const reaction = (userId: string, at = 7) => ({ emoji: '👍', at, userId, username: userId });
const longText = 'long '.repeat(5_000);
const manyEdits = Array.from({ length: 130 }, (_, n) => edit(n));
const manyReactions = Array.from({ length: 2_100 }, (_, n) => reaction(`u${n}`, n));

const cut = (value: unknown) => typeof value === 'string' && value.startsWith('long long') && value.endsWith('[…]');
const isFile = (value: unknown) => typeof value === 'string' && value.startsWith('https://chat.example/media/');

/** Every oddity of a single message; `n` makes them differ. */
export const ODD: readonly ((n: number) => Odd)[] = [
  (n) => ({ stored: { text: n }, said: { text: String(n) } }),
  () => ({ stored: { text: null }, said: { text: '' } }),
  () => ({
    stored: { username: { first: 'A' }, kind: 'audio', audio: { url: 'a' } },
    said: { username: null, kind: 'audio' },
  }),
  () => ({ stored: { username: 42 }, said: { username: '42' } }),
  () => ({
    stored: {},
    without: ['userId', 'avatar', 'audio', 'edited', 'edits', 'deleted'],
    said: { userId: null, edits: [], deleted: false },
  }),
  () => ({
    stored: { media: { original: 'https://x/y.png', blob: 'x'.repeat(20_000) } },
    said: { media: { original: 'https://x/y.png', cut: true } },
  }),
  () => ({ stored: { edits: [edit(1), { editedAt: 1 }], edited: true }, said: { edits: [edit(1)], edited: true } }),
  () => ({
    stored: { reactions: { 'a.b': reaction('a.b'), $x: reaction('$x') } },
    said: { reactions: { 'a.b': reaction('a.b'), $x: reaction('$x') } },
  }),
  () => ({
    stored: { reactions: { ok: reaction('ok'), bad: { at: 1 }, worse: 'x' } },
    said: { reactions: { ok: reaction('ok') } },
  }),
  () => ({ stored: { reactions: null }, said: { reactions: {} } }),
  () => ({
    stored: { deleted: true, deletedAt: '2024-01-02T00:00:00+00:00', text: 'revived', edits: [edit(1)] },
    without: ['media', 'audio'],
    said: { deleted: true, deletedAt: '2024-01-02T00:00:00+00:00', text: '', edits: [] },
  }),
  () => ({ stored: { avatar: PIXEL }, said: { avatar: isFile } }),
  () => ({
    stored: { avatar: 'data:image/png;base64,bm8gaW1hZ2U=' },
    said: { avatar: 'data:image/png;base64,bm8gaW1hZ2U=' },
  }),
  () => ({ stored: { localId: 'x', extra: { a: 1 } }, said: {} }),
  () => ({
    stored: { media: { original: 'u', width: 3, type: 'gif' }, kind: 'gif' },
    said: { media: { original: 'u', width: 3, type: 'gif' }, kind: 'gif' },
  }),
  () => ({ stored: { replyTo: 'nonsense' }, said: { replyTo: null } }),
  () => ({ stored: { replyTo: {} }, said: { replyTo: null } }),
  () => ({
    stored: { replyTo: { messageId: 'unknown', username: 'Bob', text: 'quoted', deleted: true } },
    said: { replyTo: { messageId: 'unknown', username: 'Bob', text: 'quoted', deleted: true, deletedAt: null } },
  }),
  () => ({ stored: { username: 'system', text: 'Bob left' }, said: { username: 'system', text: 'Bob left' } }),
];

/** Those of many KiB: rarer. */
export const LARGE: readonly (() => Odd)[] = [
  () => ({ stored: { text: longText }, said: { text: cut } }),
  () => ({ stored: { edits: manyEdits, edited: true }, said: { edits: manyEdits.slice(30), edited: true } }),
  () => ({
    stored: { reactions: Object.fromEntries(manyReactions.map((one) => [one.userId, one])) },
    said: {
      reactions: (value: unknown) => Object.keys(value as object).length === 2_000 && 'u2099' in (value as object),
    },
  }),
];
