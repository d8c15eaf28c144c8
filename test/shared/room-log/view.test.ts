import { describe, expect, it } from '@jest/globals';
import type { Message } from '#shared/room-log/types.ts';
import { reactionMap, reactionSummary, viewOf } from '#shared/room-log/view.ts';
import { message, NOON } from '#test/shared/rooms/samples.ts';

const reaction = (userId: string, at = NOON, emoji = '👍') => ({ userId, emoji, at, username: userId.toUpperCase() });

const full: Message = message('general', 3, {
  rev: 9,
  avatar: 'https://example.com/a.png',
  bubbleColor: '#abc',
  kind: 'media',
  media: { original: 'https://example.com/p.jpg', width: 3 },
  edited: true,
  lastEditedAt: '2026-03-20T10:00:00+00:00',
  edits: [{ previousText: 'before', editedAt: '2026-03-20T10:00:00+00:00' }],
  reactions: [reaction('u2')],
  author: 'id:u1',
  key: 'secret',
  keyHash: 'hash',
});

describe('a message as clients see it', () => {
  it('has every field, in the order of the contract', () => {
    const view = viewOf(full, undefined);
    expect(Object.keys(view)).toEqual([
      'roomId',
      'groupId',
      'messageId',
      'seq',
      'rev',
      'timestamp',
      'createdAt',
      'userId',
      'username',
      'avatar',
      'bubbleColor',
      'text',
      'kind',
      'media',
      'audio',
      'replyTo',
      'edited',
      'lastEditedAt',
      'edits',
      'deleted',
      'deletedAt',
      'reactions',
    ]);
    expect(JSON.parse(JSON.stringify(view))).toEqual({
      roomId: 'general',
      groupId: 'general',
      messageId: 'm3',
      seq: 3,
      rev: 9,
      timestamp: full.timestamp,
      createdAt: NOON + 3_000,
      userId: 'u1',
      username: 'Alice',
      avatar: 'https://example.com/a.png',
      bubbleColor: '#abc',
      text: 'text 3',
      kind: 'media',
      media: { original: 'https://example.com/p.jpg', width: 3 },
      audio: null,
      replyTo: null,
      edited: true,
      lastEditedAt: '2026-03-20T10:00:00+00:00',
      edits: [{ previousText: 'before', editedAt: '2026-03-20T10:00:00+00:00' }],
      deleted: false,
      deletedAt: null,
      reactions: { u2: { emoji: '👍', at: NOON, userId: 'u2', username: 'U2' } },
    });
  });

  it('names its dmId in a DM', () => {
    expect(viewOf(message('dm:a|b', 1), undefined)).toMatchObject({
      roomId: 'dm:a|b',
      groupId: 'dm:a|b',
      dmId: 'dm:a|b',
    });
  });

  it('carries nothing of the storage, whatever the document has', () => {
    const document = {
      ...full,
      _id: 'x',
      extra: 1,
      edits: [{ ...full.edits[0]!, extra: 1 }],
      reactions: [{ ...reaction('u2'), extra: 1 }],
    };
    expect(JSON.stringify(viewOf(document, undefined))).toBe(JSON.stringify(viewOf(full, undefined)));
    expect(JSON.stringify(viewOf(document, undefined))).not.toMatch(
      /secret|hash|usernameLc|previewable|author|"room"|_id/,
    );
  });

  it('has null for media and audio that were not sent, and neither once it is deleted', () => {
    const { media: _media, audio: _audio, ...bare } = full;
    expect(viewOf(bare, undefined)).toMatchObject({ media: null, audio: null });
    const deleted = viewOf({ ...full, deleted: true, text: '' }, undefined);
    expect(deleted).not.toHaveProperty('media');
    expect(deleted).not.toHaveProperty('audio');
  });

  it('shows in its quote what the target is now, and what was sent when it is unknown (L12)', () => {
    const reply = message('general', 4, { replyTo: { messageId: 'm3', username: 'Mallory', text: 'forged' } });
    expect(viewOf(reply, full).replyTo).toMatchObject({
      messageId: 'm3',
      username: 'Alice',
      text: 'text 3',
      kind: 'media',
    });
    expect(viewOf(reply, null).replyTo).toEqual({ messageId: 'm3', username: 'Mallory', text: 'forged' });
    expect(viewOf(reply, { ...full, deleted: true, deletedAt: 'then', text: 'old' }).replyTo).toMatchObject({
      text: '',
      deleted: true,
    });
  });
});

describe('reactions', () => {
  const awkward = ['a.b', '$x', '__proto__', 'constructor', 'toString', '7', ''];

  it('are a map by userId in which any id is only a key', () => {
    const map = reactionMap(awkward.map((id) => reaction(id)));
    expect(Object.keys(map).sort()).toEqual(awkward.toSorted());
    const back = JSON.parse(JSON.stringify(map), (key, value: unknown) =>
      key === '__proto__' ? undefined : value,
    ) as object;
    expect(Object.keys(back)).toHaveLength(awkward.length - 1);
    expect(JSON.stringify(map)).toContain('"__proto__":{"emoji":"👍"');
    expect(reactionMap([])).toEqual(Object.create(null));
  });

  it('are summed up by their number and the newest one', () => {
    expect(reactionSummary([])).toEqual({ totalCount: 0, mostRecent: null });
    const summary = reactionSummary([reaction('a', 5), reaction('b', 9), reaction('c', 7)]);
    expect(summary).toEqual({ totalCount: 3, mostRecent: reaction('b', 9) });
    expect(reactionSummary([reaction('a', 5), reaction('b', 5)]).mostRecent?.userId).toBe('b');
  });
});
