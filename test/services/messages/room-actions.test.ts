import { randomUUID } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { latestEtag } from '#shared/rooms/etag.ts';
import { refused, roomBroker, type RoomBroker } from '#test/shared/rooms/room-broker.ts';

let rooms: RoomBroker;
beforeAll(async () => {
  rooms = await roomBroker();
});
afterAll(() => rooms.stop());

const latest = async (room: string, count?: number) => {
  const { body } = await rooms.call('messages.latest', { room, count });
  return JSON.parse(Buffer.from(body).toString()) as MessageView[];
};
const fill = async (room: string, count: number) => {
  const posted: MessageView[] = [];
  for (let index = 1; index <= count; index += 1) posted.push(await rooms.post(room, { text: `text ${index}` }));
  return posted;
};

const post = (body: object) => rooms.post('sizes', body);

describe('create', () => {
  it('answers the stored message, field by field, and every read shows the same', async () => {
    const messageId = randomUUID();
    const sent = {
      userId: 'u1',
      username: 'Alice',
      avatar: 'https://example.com/a.png',
      bubbleColor: '#abc',
      text: 'hello',
      kind: 'media',
      media: { original: 'https://example.com/p.jpg' },
      audio: { url: 'https://example.com/a.webm', durationMs: 5 },
    };
    const { message, replayed } = await rooms.call('messages.create', {
      room: 'create',
      messageId,
      fresh: true,
      ...sent,
    });
    expect(replayed).toBe(false);
    expect({ ...message, reactions: { ...message.reactions } }).toEqual({
      roomId: 'create',
      groupId: 'create',
      messageId,
      seq: 1,
      rev: 1,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$/),
      createdAt: Date.parse(message.timestamp),
      ...sent,
      replyTo: null,
      edited: false,
      lastEditedAt: null,
      edits: [],
      deleted: false,
      deletedAt: null,
      reactions: {},
    });
    const json = JSON.parse(JSON.stringify(message)) as unknown;
    expect(await latest('create')).toEqual([json]);
    const byId = await rooms.call('messages.byId', { room: 'create', messageId });
    expect(JSON.parse(JSON.stringify(byId))).toEqual(json);
    const byTimestamp = await rooms.call('messages.byTimestamp', { room: 'create', timestamp: message.timestamp });
    expect(byTimestamp).toEqual(byId);
  });

  it('of an empty body stores an empty message', async () => {
    const message = await rooms.post('empty');
    expect(message).toMatchObject({
      text: '',
      userId: null,
      username: null,
      avatar: null,
      kind: null,
      media: null,
      audio: null,
      replyTo: null,
    });
  });

  it('answers a repeat of a messageId with the stored message (L10)', async () => {
    const messageId = randomUUID();
    const first = await rooms.call('messages.create', { room: 'repeat', messageId, text: 'one', fresh: true });
    await rooms.call('messages.edit', { room: 'repeat', messageId, newText: 'two' });
    const again = await rooms.call('messages.create', { room: 'repeat', messageId, text: 'one', fresh: false });
    expect(again).toMatchObject({ replayed: true, message: { messageId, seq: first.message.seq, text: 'two' } });
    expect(await latest('repeat')).toHaveLength(1);
  });

  it('answers an Idempotency-Key with the message it made, also to another messageId (P7)', async () => {
    const body = { room: 'keys', text: 'once', userId: 'u1', idempotencyKey: 'k', fresh: true };
    const [first, ...others] = await Promise.all(
      Array.from({ length: 10 }, () => rooms.call('messages.create', { ...body, messageId: randomUUID() })),
    );
    expect(new Set([first, ...others].map((one) => one!.message.messageId)).size).toBe(1);
    expect([first, ...others].filter((one) => !one!.replayed)).toHaveLength(1);
    const reused = rooms.call('messages.create', { ...body, text: 'other', messageId: randomUUID() });
    await expect(reused).rejects.toEqual(refused('idempotency_key_reused', 422));
    expect(await latest('keys')).toHaveLength(1);
  });

  it('fills the quote of a reply, by id or by timestamp, and keeps what was sent of an unknown target (L12)', async () => {
    const target = await rooms.post('quotes', { text: 'original', username: 'Alice' });
    const forged = { messageId: target.messageId, username: 'Mallory', text: 'forged' };
    const quoteOf = async (body: object) => (await rooms.post('quotes', body)).replyTo;
    expect(await quoteOf({ replyTo: forged })).toMatchObject({
      messageId: target.messageId,
      username: 'Alice',
      text: 'original',
    });
    expect(await quoteOf({ replyToMessageId: target.messageId })).toMatchObject({ text: 'original' });
    expect(await quoteOf({ replyToTimestamp: target.timestamp })).toMatchObject({
      messageId: target.messageId,
      text: 'original',
    });
    expect(await quoteOf({ replyTo: { messageId: 'nobody', text: 'sent' } })).toEqual({
      messageId: 'nobody',
      text: 'sent',
    });
    expect(await quoteOf({ replyTo: {} })).toBeNull();
    await rooms.call('messages.edit', { room: 'quotes', messageId: target.messageId, newText: 'edited' });
    expect((await latest('quotes')).slice(1, 4).map(({ replyTo }) => replyTo?.text)).toEqual([
      'edited',
      'edited',
      'edited',
    ]);
    await rooms.call('messages.remove', { room: 'quotes', messageId: target.messageId });
    const shown = (await latest('quotes'))[1]!;
    expect(shown.replyTo).toMatchObject({ text: '', deleted: true });
    const byId = await rooms.call('messages.byId', { room: 'quotes', messageId: shown.messageId });
    expect(byId.replyTo).toEqual(shown.replyTo);
  });

  it('refuses what is too large, with nothing stored', async () => {
    await expect(post({ text: 'x'.repeat(20_001) })).rejects.toMatchObject({ code: 422 });
    await expect(post({ media: { original: 'x'.repeat(17_000) } })).rejects.toEqual(refused('media_too_large', 413));
    await expect(post({ media: { $ne: null } })).rejects.toMatchObject({ code: 422 });
    await expect(post({ idempotencyKey: 'k' })).rejects.toEqual(refused('idempotency_author_required', 400));
    expect(await latest('sizes')).toEqual([]);
  });
});

describe('changes of a message', () => {
  it('edit: answers the time, and refuses blank texts, unknown and deleted messages', async () => {
    const { messageId } = await rooms.post('edits', { text: 'a' });
    const edit = (newText: string | null | undefined, id = messageId) =>
      rooms.call('messages.edit', { room: 'edits', messageId: id, newText });
    const answer = await edit('b');
    expect(answer).toEqual({ success: true, edited: true, lastEditedAt: expect.any(String) });
    expect(await latest('edits')).toMatchObject([
      {
        text: 'b',
        edited: true,
        lastEditedAt: answer.lastEditedAt,
        edits: [{ previousText: 'a', editedAt: answer.lastEditedAt }],
      },
    ]);
    for (const blank of ['', null, undefined])
      await expect(edit(blank)).rejects.toEqual(refused('new_text_required', 400));
    await expect(edit('x', 'nobody')).rejects.toEqual(refused('message_not_found', 404));
    await rooms.call('messages.remove', { room: 'edits', messageId });
    await expect(edit('x')).rejects.toEqual(refused('message_deleted', 409));
    expect(await edit('   ', (await rooms.post('edits')).messageId)).toMatchObject({ success: true });
  });

  it('remove: leaves a tombstone, keeps the first time when repeated, 404 for the unknown', async () => {
    const { messageId } = await rooms.post('removes', { text: 'a', media: { original: 'x' } });
    const remove = (id: string) => rooms.call('messages.remove', { room: 'removes', messageId: id });
    const { success, deletedAt } = await remove(messageId);
    expect(success).toBe(true);
    expect((await remove(messageId)).deletedAt).toBe(deletedAt);
    const [shown] = await latest('removes');
    expect(shown).toMatchObject({ messageId, deleted: true, deletedAt, text: '' });
    expect(shown).not.toHaveProperty('media');
    await expect(remove('nobody')).rejects.toEqual(refused('message_not_found', 404));
  });

  it('react: answers the whole map and a summary; the same emoji again removes', async () => {
    const { messageId } = await rooms.post('reacts');
    const react = (emoji: string | null, user: object | null) =>
      rooms.call('messages.react', { room: 'reacts', messageId, emoji, user });
    for (const userId of ['a.b', '$x', '__proto__']) await react('👍', { userId, username: 'n' });
    const answer = await react('🎉', { userId: 'u4' });
    expect(answer).toMatchObject({
      success: true,
      messageId,
      summary: { totalCount: 4, mostRecent: { emoji: '🎉', userId: 'u4', username: null } },
    });
    expect(Object.keys(answer.reactions)).toEqual(['a.b', '$x', '__proto__', 'u4']);
    expect((await react('🎉', { userId: 'u4' })).summary.totalCount).toBe(3);
    expect((await react(null, { userId: '$x' })).summary.totalCount).toBe(2);
    const shown = (await rooms.call('messages.byId', { room: 'reacts', messageId })).reactions;
    expect(Object.keys(shown)).toEqual(['a.b', '__proto__']);
    for (const user of [null, {}, { userId: null }, { userId: ' ' }])
      await expect(react('x', user)).rejects.toEqual(refused('user_id_required', 400));
  });

  it('recolour: colours the messages of a user and says how many (L14)', async () => {
    await rooms.post('colours', { username: 'Alice' });
    await rooms.post('colours', { username: ' ALICE ' });
    await rooms.post('colours', { username: 'Bob' });
    const recolour = (username: string | null, color: string | null) =>
      rooms.call('messages.recolour', { room: 'colours', username, color });
    expect(await recolour('alice', '#123')).toEqual({ success: true, updated: 2 });
    expect((await latest('colours')).map(({ bubbleColor }) => bubbleColor)).toEqual(['#123', '#123', null]);
    await expect(recolour(' ', '#123')).rejects.toEqual(refused('username_required', 400));
    await expect(recolour('alice', ' ')).rejects.toEqual(refused('validation_failed', 422));
  });
});

describe('latest', () => {
  it('is empty for an unknown room, and its ETag changes with the first message', async () => {
    const before = await rooms.call('messages.latest', { room: 'unknown' });
    expect(before).toMatchObject({
      epoch: '',
      rev: 0,
      encoding: 'identity',
      etag: latestEtag('unknown', { epoch: '', rev: 0 }, 100),
    });
    expect(Buffer.from(before.body).toString()).toBe('[]');
    expect(await rooms.call('messages.heads', { rooms: ['unknown'] })).toEqual([{ epoch: '', rev: 0 }]);
    await rooms.post('unknown');
    expect((await rooms.call('messages.latest', { room: 'unknown' })).etag).not.toBe(before.etag);
  });

  it('holds the newest `count`, oldest first, and stands where the head stands', async () => {
    const posted = await fill('counts', 12);
    expect((await latest('counts', 5)).map(({ seq }) => seq)).toEqual([8, 9, 10, 11, 12]);
    expect(await latest('counts', 0)).toHaveLength(12);
    expect(await latest('counts', -3)).toHaveLength(1);
    await rooms.call('messages.remove', { room: 'counts', messageId: posted[11]!.messageId });
    const [head] = await rooms.call('messages.heads', { rooms: ['counts'] });
    const body = await rooms.call('messages.latest', { room: 'counts', count: 3 });
    expect(body).toMatchObject({ epoch: head!.epoch, rev: head!.rev, etag: latestEtag('counts', head!, 3) });
    expect(head!.rev).toBe(13);
  });

  it('comes in the encoding that is asked for', async () => {
    await fill('encodings', 10);
    const plain = JSON.stringify(await latest('encodings'));
    const br = await rooms.call('messages.latest', { room: 'encodings', encoding: 'br' });
    const gzip = await rooms.call('messages.latest', { room: 'encodings', encoding: 'gzip' });
    expect([br.encoding, gzip.encoding]).toEqual(['br', 'gzip']);
    expect(brotliDecompressSync(br.body).toString()).toBe(plain);
    expect(gunzipSync(gzip.body).toString()).toBe(plain);
  });

  it('goes beyond a window that large messages cut short, quotes included', async () => {
    const text = '☃'.repeat(20_000);
    const first = await rooms.post('large', { text: 'the first', username: 'Alice' });
    await rooms.post('large', { text: 'early reply', replyToMessageId: first.messageId });
    await Promise.all(Array.from({ length: 80 }, () => rooms.post('large', { text })));
    await rooms.post('large', { text: 'late reply', replyToMessageId: first.messageId });
    const shown = await latest('large', 500);
    expect(shown.map(({ seq }) => seq)).toEqual(Array.from({ length: 83 }, (_, index) => index + 1));
    expect([shown[1], shown[82]].map((one) => one?.replyTo?.text)).toEqual(['the first', 'the first']);
    expect((await latest('large', 82)).map(({ replyTo }) => replyTo?.text)[0]).toBe('the first');
  });
});

describe('page and around', () => {
  it('answer views with where to go on', async () => {
    const posted = await fill('pages', 6);
    const page = await rooms.call('messages.page', { room: 'pages', before: posted[4]!.createdAt, limit: 2 });
    expect(page).toMatchObject({
      items: [{ text: 'text 3', roomId: 'pages' }, { text: 'text 4' }],
      nextBefore: posted[2]!.createdAt,
      nextAfter: posted[3]!.createdAt,
      nextBeforeSeq: 3,
      nextAfterSeq: 4,
    });
    expect((await rooms.call('messages.page', { room: 'pages', limit: 0 })).items).toHaveLength(1);
    expect((await rooms.call('messages.page', { room: 'pages' })).items).toHaveLength(6);
    const around = await rooms.call('messages.around', { room: 'pages', messageId: posted[2]!.messageId, limit: 3 });
    expect(around.items.map(({ seq }) => seq)).toEqual([2, 3, 4]);
    const nothing = { items: [], nextBefore: null, nextAfter: null, nextBeforeSeq: null, nextAfterSeq: null };
    expect(await rooms.call('messages.page', { room: 'never' })).toEqual(nothing);
    await expect(rooms.call('messages.around', { room: 'pages', messageId: 'nobody' })).rejects.toEqual(
      refused('message_not_found', 404),
    );
    await expect(rooms.call('messages.page', { room: 'pages', before: -1 })).rejects.toMatchObject({ code: 422 });
  });
});

describe('what is not there', () => {
  it('is 404 by id and by timestamp, in any room', async () => {
    const { messageId, timestamp } = await rooms.post('here');
    for (const room of ['elsewhere', 'nowhere']) {
      if (room === 'elsewhere') await rooms.post(room);
      await expect(rooms.call('messages.byId', { room, messageId })).rejects.toEqual(refused('message_not_found', 404));
      await expect(rooms.call('messages.byTimestamp', { room, timestamp })).rejects.toEqual(
        refused('message_not_found', 404),
      );
    }
  });
});

describe('deleteRoom (L13)', () => {
  it('empties every read at once; a room made again goes on counting', async () => {
    const [first] = await fill('gone', 3);
    expect(await rooms.call('messages.deleteRoom', { room: 'gone' })).toEqual({ success: true });
    expect(await latest('gone')).toEqual([]);
    expect((await rooms.call('messages.page', { room: 'gone' })).items).toEqual([]);
    expect((await rooms.call('messages.changes', { room: 'gone' })).items).toEqual([]);
    const { messageId, timestamp } = first!;
    await expect(rooms.call('messages.byId', { room: 'gone', messageId })).rejects.toEqual(
      refused('message_not_found', 404),
    );
    await expect(rooms.call('messages.byTimestamp', { room: 'gone', timestamp })).rejects.toEqual(
      refused('message_not_found', 404),
    );
    await expect(rooms.call('messages.around', { room: 'gone', messageId })).rejects.toEqual(
      refused('message_not_found', 404),
    );
    await expect(rooms.call('messages.edit', { room: 'gone', messageId, newText: 'x' })).rejects.toEqual(
      refused('message_not_found', 404),
    );
    const reply = await rooms.post('gone', { replyToMessageId: messageId });
    expect(reply).toMatchObject({ seq: 4, replyTo: { messageId, text: '' } });
    expect((await latest('gone')).map(({ seq }) => seq)).toEqual([4]);
  });

  it('of a room that never was does no harm', async () => {
    expect(await rooms.call('messages.deleteRoom', { room: 'never-was' })).toEqual({ success: true });
  });
});

describe('backfillReplies', () => {
  it('counts the replies among the newest: there is nothing left to rewrite', async () => {
    const target = await rooms.post('backfill');
    for (let index = 0; index < 3; index += 1) await rooms.post('backfill', { replyToMessageId: target.messageId });
    expect(await rooms.call('messages.backfillReplies', { room: 'backfill' })).toEqual({ checked: 3, updated: 0 });
    expect(await rooms.call('messages.backfillReplies', { room: 'backfill', limit: 2 })).toEqual({
      checked: 2,
      updated: 0,
    });
    expect(await rooms.call('messages.backfillReplies', { room: 'nowhere-at-all' })).toEqual({
      checked: 0,
      updated: 0,
    });
  });
});
