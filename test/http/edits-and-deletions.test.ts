import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, byId, latest, say, unique, uniqueDm } from '#test/http/support/rooms.ts';

const api = useApi();

describe.each([
  ['a group room', () => unique('room')],
  ['a DM', () => uniqueDm().dm],
])('in %s', (_name, newRoom) => {
  it('an edit is answered with its time, and kept with what was there before', async () => {
    const room = newRoom();
    const message = await say(api, room, { username: 'Ada', text: 'one' });
    const path = `${at(room)}/${message.messageId}`;
    const first = await api.put(path, { newText: 'two' });
    expect(first.json()).toEqual({ success: true, lastEditedAt: expect.any(String), edited: true });
    const second = await api.put(path, { newText: ' ' });
    const [at1, at2] = [first, second].map((one) => one.json<{ lastEditedAt: string }>().lastEditedAt);
    expect(Date.parse(at2!)).toBeGreaterThanOrEqual(Date.parse(at1!));
    expect(await byId(api, room, message.messageId)).toEqual({
      ...message,
      rev: 3,
      text: ' ',
      edited: true,
      lastEditedAt: at2,
      edits: [
        { previousText: 'one', editedAt: at1 },
        { previousText: 'two', editedAt: at2 },
      ],
    });
  });

  it('an edit needs text, and a message in this room that is not deleted', async () => {
    const room = newRoom();
    const { messageId } = await say(api, room);
    const path = `${at(room)}/${messageId}`;
    for (const body of [{}, { newText: '' }, { newText: null }, { text: 'x' }, undefined])
      expectProblem(await api.put(path, body), 400, 'new_text_required');
    expectProblem(await api.put(path, { newText: 5 }), 422, 'validation_failed', 'newText');
    expectProblem(await api.put(`${at(room)}/nobody`, { newText: 'x' }), 404, 'message_not_found');
    expectProblem(await api.put(`${at(newRoom())}/${messageId}`, { newText: 'x' }), 404, 'message_not_found');
    await api.delete(path);
    expectProblem(await api.put(path, { newText: 'x' }), 409, 'message_deleted');
    expect(await byId(api, room, messageId)).toMatchObject({ deleted: true, text: '', edited: false, rev: 2 });
  });

  it('a deletion takes text, media, audio and edits away, keeps reactions and kind, and leaves the message', async () => {
    const room = newRoom();
    const sent = { username: 'Ada', text: 'secret', kind: 'media', media: { original: 'x' }, audio: { url: 'y' } };
    const message = await say(api, room, sent);
    const path = `${at(room)}/${message.messageId}`;
    await api.put(path, { newText: 'more secret' });
    const reacted = await api.post(`${path}/reactions`, { emoji: 'x', user: { userId: 'u1' } });
    const answer = await api.delete(path);
    expect(answer.json()).toEqual({ success: true, deletedAt: expect.any(String) });
    const { deletedAt } = answer.json<{ deletedAt: string }>();
    const [stored] = await latest(api, room);
    expect(stored).toMatchObject({
      messageId: message.messageId,
      seq: 1,
      rev: 4,
      text: '',
      kind: 'media',
      edits: [],
      deleted: true,
      deletedAt,
      reactions: reacted.json<{ reactions: object }>().reactions,
    });
    expect(stored).not.toHaveProperty('media');
    expect(stored).not.toHaveProperty('audio');
    expect(JSON.stringify(stored)).not.toContain('secret');
  });

  it('a deletion may be repeated, may carry a body, and needs a message in this room', async () => {
    const room = newRoom();
    const { messageId } = await say(api, room);
    const path = `${at(room)}/${messageId}`;
    expectProblem(await api.delete(path, '{'), 422, 'validation_failed');
    expect(await byId(api, room, messageId)).toMatchObject({ deleted: false });
    expect((await api.delete(path, { userId: 'u1', deletedAt: 5 })).status).toBe(200);
    expect((await api.delete(path)).status).toBe(200);
    expectProblem(await api.delete(`${at(room)}/nobody`), 404, 'message_not_found');
    expectProblem(await api.delete(`${at(newRoom())}/${messageId}`), 404, 'message_not_found');
  });

  it('edits that meet are all kept', async () => {
    const room = newRoom();
    const { messageId } = await say(api, room, { text: 'first' });
    const edits = Array.from({ length: 30 }, (_, n) => api.put(`${at(room)}/${messageId}`, { newText: `edit ${n}` }));
    expect((await Promise.all(edits)).every(({ status }) => status === 200)).toBe(true);
    const message = await byId(api, room, messageId);
    const written = [...message.edits.map(({ previousText }) => previousText), message.text];
    expect(written[0]).toBe('first');
    expect(new Set(written).size).toBe(31);
    expect(message.rev).toBe(31);
  });
});
