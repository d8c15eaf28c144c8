import { describe, expect, it } from '@jest/globals';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, latest, postTo, unique, uniqueDm } from '#test/http/support/rooms.ts';

const api = useApi();

const body = { userId: 'u1', username: 'Ada', text: 'once', media: { b: 1, a: [2] } };

const post = (room: string, key: string, sent: object = body) =>
  postTo(api, room, sent, { headers: { 'idempotency-key': key } });

describe.each([
  ['a group room', () => unique('room')],
  ['a DM', () => uniqueDm().dm],
])('an Idempotency-Key in %s', (_name, newRoom) => {
  it('makes repeats answer the message that was stored first', async () => {
    const room = newRoom();
    const first = await post(room, 'key');
    expect(first.status).toBe(200);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    const again = await post(room, 'key');
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.json()).toEqual(first.json());
    // The order of fields means nothing, nor does what is no field of a message.
    const other = { text: 'once', media: { a: [2], b: 1 }, username: 'Ada', userId: 'u1', localId: 'x' };
    expect((await post(room, 'key', other)).json()).toEqual(first.json());
    expect(await latest(api, room)).toEqual([first.json()]);
  });

  it('makes fifty at once one message and fifty equal answers', async () => {
    const room = newRoom();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(room, 'rush')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(49);
    expect(await latest(api, room)).toHaveLength(1);
  });

  it('answers the message as it is now', async () => {
    const room = newRoom();
    const { messageId } = (await post(room, 'key')).json<MessageView>();
    await api.put(`${at(room)}/${messageId}`, { newText: 'edited' });
    expect((await post(room, 'key')).json()).toMatchObject({ messageId, text: 'edited', edited: true });
    await api.delete(`${at(room)}/${messageId}`);
    expect((await post(room, 'key')).json()).toMatchObject({ messageId, text: '', deleted: true });
    expect(await latest(api, room)).toHaveLength(1);
  });

  it('with another body is refused, and stores nothing', async () => {
    const room = newRoom();
    await post(room, 'key');
    for (const other of [
      { ...body, text: 'twice' },
      { ...body, media: null },
      { ...body, username: 'Bob' },
      { ...body, replyToMessageId: 'x' },
    ])
      expectProblem(await post(room, 'key', other), 422, 'idempotency_key_reused');
    expect(await latest(api, room)).toHaveLength(1);
  });

  it('belongs to an author: his userId, else his name in any case', async () => {
    const room = newRoom();
    const ids = new Set<string>();
    for (const author of [
      { userId: 'u1' },
      { userId: 'u2', username: 'Ada' },
      { username: 'Ada' },
      { username: 'u1' },
      { userId: 'Ada' },
    ]) {
      const answer = await post(room, 'key', { text: 'x', ...author });
      expect(answer.headers).not.toHaveProperty('idempotent-replayed');
      ids.add(answer.json<MessageView>().messageId);
    }
    expect(ids.size).toBe(5);
    expectProblem(await post(room, 'key', { text: 'x', username: ' ADA' }), 422, 'idempotency_key_reused');
  });

  it('belongs to a room, and another key is another message', async () => {
    const [room, other] = [newRoom(), newRoom()];
    const answers = [await post(room, 'a'), await post(room, 'b'), await post(room, 'A'), await post(other, 'a')];
    expect(new Set(answers.map((one) => one.json<MessageView>().messageId)).size).toBe(4);
  });

  it('needs an author', async () => {
    const room = newRoom();
    for (const author of [{}, { userId: null, username: null }, { userId: ' ', username: '  ' }])
      expectProblem(await post(room, 'key', { text: 'x', ...author }), 400, 'idempotency_author_required');
    expect(await latest(api, room)).toEqual([]);
  });

  it('is 1 to 200 printable ASCII characters', async () => {
    const room = newRoom();
    for (const key of ['', 'x'.repeat(201), 'a\tb', Buffer.from('ü').toString('latin1')])
      expectProblem(await post(room, key), 400, 'idempotency_key_invalid');
    expect(await latest(api, room)).toEqual([]);
    for (const key of ['x', 'x'.repeat(200), '{"$ne":null}', '__proto__', 'a, b; c="d"'])
      expect((await post(room, key)).status).toBe(200);
    expect(await latest(api, room)).toHaveLength(5);
  });
});

describe('an Idempotency-Key of a deleted room', () => {
  it('is free again', async () => {
    const room = unique('room');
    await api.post('/api/groups', { id: room, name: room });
    const first = (await post(room, 'key')).json<MessageView>();
    await api.delete(`/api/groups/${room}`);
    const answer = await post(room, 'key');
    expect(answer.headers).not.toHaveProperty('idempotent-replayed');
    expect(answer.json<MessageView>()).toMatchObject({ seq: 2 });
    expect(answer.json<MessageView>().messageId).not.toBe(first.messageId);
  });
});

describe('without a key', () => {
  it('equal messages are messages of their own', async () => {
    const room = unique('room');
    await Promise.all(Array.from({ length: 10 }, () => postTo(api, room, body)));
    expect(await latest(api, room)).toHaveLength(10);
  });
});
