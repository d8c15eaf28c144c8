import { describe, expect, it } from '@jest/globals';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, byId, say, unique, uniqueDm } from '#test/http/support/rooms.ts';

const api = useApi();

interface Reacted {
  success: boolean;
  messageId: string;
  reactions: MessageView['reactions'];
  summary: { totalCount: number; mostRecent: object | null };
}

describe.each([
  ['a group room', () => unique('room')],
  ['a DM', () => uniqueDm().dm],
])('reactions in %s', (_name, newRoom) => {
  async function stage() {
    const room = newRoom();
    const { messageId } = await say(api, room);
    const path = `${at(room)}/${messageId}/reactions`;
    const react = async (emoji: unknown, userId: string, username?: string): Promise<Reacted> => {
      const answer = await api.post(path, { emoji, user: { userId, username } });
      expect(answer).toMatchObject({ status: 200 });
      return answer.json<Reacted>();
    };
    return { room, messageId, path, react };
  }

  it('are answered whole: one a user, the same again removes, another replaces, none removes', async () => {
    const { room, messageId, react } = await stage();
    const one = { emoji: 'a', at: expect.any(Number), userId: 'u1', username: 'Ada' };
    const two = { emoji: 'b', at: expect.any(Number), userId: 'u2', username: null };
    expect(await react('a', 'u1', 'Ada')).toEqual({
      success: true,
      messageId,
      reactions: { u1: one },
      summary: { totalCount: 1, mostRecent: one },
    });
    const both = await react('b', 'u2');
    expect(both.reactions).toEqual({ u1: one, u2: two });
    expect(both.summary).toEqual({ totalCount: 2, mostRecent: two });
    expect((await byId(api, room, messageId)).reactions).toEqual(both.reactions);

    const replaced = await react('c', 'u1', 'Ada');
    expect(replaced.reactions.u1).toEqual({ ...one, emoji: 'c' });
    expect(replaced.reactions.u1!.at).toBeGreaterThanOrEqual(both.reactions.u1!.at);
    expect(replaced.summary).toMatchObject({ totalCount: 2, mostRecent: { userId: 'u1' } });
    expect((await react('c', 'u1', 'Ada')).reactions).toEqual({ u2: two });
    for (const nothing of [null, '', '  ', undefined]) {
      await react('x', 'u3');
      expect((await react(nothing, 'u3')).reactions).toEqual({ u2: two });
    }
    const none = await react(null, 'u2');
    expect(none).toMatchObject({ reactions: {}, summary: { totalCount: 0, mostRecent: null } });
    expect((await byId(api, room, messageId)).reactions).toEqual({});
  });

  it('keep users whatever they are called', async () => {
    const { room, messageId, react } = await stage();
    const users = ['a.b', '$x', '__proto__', 'constructor', '0', 'a b', '\u{1f389}', '$where.x'];
    for (const user of users) await react('x', user);
    const { reactions } = await byId(api, room, messageId);
    expect(Object.keys(reactions).sort()).toEqual([...users].sort());
    for (const user of users)
      expect(Object.getOwnPropertyDescriptor(reactions, user)!.value).toMatchObject({ userId: user });
  });

  it('lose nobody when all come at once', async () => {
    const { room, messageId, react } = await stage();
    const users = Array.from({ length: 100 }, (_, n) => `u${n}`);
    await Promise.all(users.map((user) => react('x', user)));
    expect(Object.keys((await byId(api, room, messageId)).reactions).sort()).toEqual(users.sort());
  });

  it('may be given to a deleted message, and none is lost by its deletion', async () => {
    const { room, messageId, react } = await stage();
    await react('a', 'u1');
    await api.delete(`${at(room)}/${messageId}`);
    const { reactions } = await react('b', 'u2');
    expect(Object.keys(reactions)).toEqual(['u1', 'u2']);
    expect(await byId(api, room, messageId)).toMatchObject({ deleted: true, reactions });
  });

  it('need a user and a message', async () => {
    const { room, messageId, path } = await stage();
    for (const user of [undefined, null, {}, { userId: null }, { userId: '' }, { userId: ' ' }, { username: 'a' }])
      expectProblem(await api.post(path, { emoji: 'x', user }), 400, 'user_id_required');
    for (const user of ['u1', 5, [], { userId: 5 }, { userId: {} }])
      expectProblem(await api.post(path, { emoji: 'x', user }), 422, 'validation_failed');
    expectProblem(await api.post(path, { emoji: 5, user: { userId: 'u' } }), 422, 'validation_failed', 'emoji');
    const body = { emoji: 'x', user: { userId: 'u' } };
    expectProblem(await api.post(`${at(room)}/nobody/reactions`, body), 404, 'message_not_found');
    expectProblem(await api.post(`${at(newRoom())}/${messageId}/reactions`, body), 404, 'message_not_found');
    expect(await byId(api, room, messageId)).toMatchObject({ reactions: {}, rev: 1 });
  });
});
