import { describe, expect, it } from '@jest/globals';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, byId, changes, latest, page, say, unique, uniqueDm } from '#test/http/support/rooms.ts';

const api = useApi();

interface Threads {
  threads: { dmId: string; latest: number; last?: Partial<MessageView> }[];
  next?: string;
}

const threads = async (user: string): Promise<Threads['threads']> =>
  (await api.get(`/api/dm/threads?user=${encodeURIComponent(user)}`)).json<Threads>().threads;

/** A message as the newest of its thread. */
const shownOf = ({ roomId: _r, groupId: _g, dmId, ...rest }: MessageView) => ({
  dmId,
  latest: rest.createdAt,
  last: rest,
});

describe('a DM', () => {
  it('is one room under every spelling of its id and under both paths, for writes and reads', async () => {
    const { dm, alice, bob } = uniqueDm();
    const spellings = [
      `/api/dm/${dm}`,
      `/api/dm/${encodeURIComponent(dm)}`,
      `/api/dm/dm:${bob}|${alice}`,
      `/api/dm/DM%3A${bob.toUpperCase()}%7C%20${alice.toUpperCase()}%20`,
      `/api/messages/${dm}`,
      `/api/messages/${encodeURIComponent(`Dm:${bob}|${alice}`)}`,
      `/api/messages/%20dm:${alice}|${bob.toUpperCase()}`,
    ];
    const sent: MessageView[] = [];
    for (const [index, spelling] of spellings.entries()) {
      const path = spelling.startsWith('/api/dm/') ? `${spelling}/message` : spelling;
      const answer = await api.post(path, { username: alice, text: String(index), audio: { url: 'x' } });
      expect(answer.status).toBe(200);
      sent.push(answer.json<MessageView>());
    }
    const { messageId } = sent[0]!;
    const items = await latest(api, dm);
    expect(items).toEqual(sent);
    expect(items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const item of items) expect(item).toMatchObject({ dmId: dm, roomId: dm, groupId: dm, audio: { url: 'x' } });

    const [pageOf, changesOf] = [await page(api, dm), await changes(api, dm)];
    const { etag } = (await api.get(`${at(dm)}/latest`)).headers;
    for (const spelling of spellings) {
      const answer = await api.get(`${spelling}/latest`);
      expect(answer.json()).toEqual(items);
      expect(answer.headers.etag).toBe(etag);
      expect((await api.get(`${spelling}/page`)).json()).toEqual(pageOf);
      expect((await api.get(`${spelling}/changes`)).json()).toEqual(changesOf);
      expect((await api.get(`${spelling}/by-id/${messageId}`)).json()).toEqual(items[0]);
      expect((await api.get(`${spelling}/by-ts/${items[1]!.timestamp}`)).json()).toEqual(items[1]);
      expect((await api.get(`${spelling}/around/${messageId}`)).json()).toMatchObject({ items });
    }
  });

  it('is changed under both paths alike', async () => {
    const { dm, alice, bob } = uniqueDm();
    const [one, two] = [`/api/dm/${dm}`, `/api/messages/dm:${bob.toUpperCase()}|${alice}`];
    for (const [write, other] of [
      [one, two],
      [two, one],
    ] as const) {
      const { messageId } = await say(api, dm, { username: alice, text: 'a' });
      expect((await api.put(`${write}/${messageId}`, { newText: 'b' })).status).toBe(200);
      expect((await api.get(`${other}/by-id/${messageId}`)).json()).toMatchObject({ text: 'b' });
      await api.post(`${write}/${messageId}/reactions`, { emoji: 'x', user: { userId: 'u' } });
      expect((await api.get(`${other}/by-id/${messageId}`)).json()).toMatchObject({ reactions: { u: {} } });
      await api.post(`${write}/user-bubble-color`, { username: alice, color: write });
      expect((await api.get(`${other}/by-id/${messageId}`)).json()).toMatchObject({ bubbleColor: write.slice(0, 64) });
      expect((await api.delete(`${write}/${messageId}`)).status).toBe(200);
      expect((await api.get(`${other}/by-id/${messageId}`)).json()).toMatchObject({ deleted: true });
    }
  });

  it('id must name two different users, and nothing but a DM is served under /dm', async () => {
    const { messageId } = await say(api, unique('room'));
    for (const id of ['room', 'dm:alice', 'dm:', 'dm:a|A', 'dm:a|b|c', 'dm:a|', 'x'.repeat(201), 'dm']) {
      const path = `/api/dm/${encodeURIComponent(id)}`;
      for (const answer of [
        await api.get(`${path}/latest`),
        await api.get(`${path}/page`),
        await api.get(`${path}/changes`),
        await api.get(`${path}/by-id/${messageId}`),
        await api.get(`${path}/by-ts/x`),
        await api.get(`${path}/around/${messageId}`),
        await api.post(`${path}/message`, { text: 'x' }),
        await api.put(`${path}/${messageId}`, { newText: 'x' }),
        await api.delete(`${path}/${messageId}`),
        await api.post(`${path}/${messageId}/reactions`, { emoji: 'x', user: { userId: 'u' } }),
        await api.post(`${path}/user-bubble-color`, { username: 'a', color: 'x' }),
        await api.post(`${path}/backfill-replies`),
      ])
        expectProblem(answer, 422, 'validation_failed');
    }
  });

  it('may be of users whose names are anything that fits', async () => {
    for (const [a, b] of [
      ['__proto__', unique('x')],
      ['a.b$c', unique('x')],
      ['Ünï cödé', unique('x')],
      ['dm:', unique('x')],
    ]) {
      const message = await say(api, `dm:${a}|${b}`, { username: a, text: 'hi' });
      expect(message.dmId).toBe(`dm:${[a!.toLowerCase(), b!].sort().join('|')}`);
      expect(await byId(api, message.dmId!, message.messageId)).toEqual(message);
      expect(await threads(b!)).toMatchObject([{ dmId: message.dmId }]);
    }
  });
});

describe('the threads of a user', () => {
  it('have each the newest message, deleted or not, newest thread first, under his name in any case', async () => {
    const me = unique('me');
    const others = [unique('a'), unique('b'), unique('c')];
    const last: MessageView[] = [];
    for (const other of others) {
      await say(api, `dm:${me}|${other}`, { username: other, text: 'first' });
      last.push(await say(api, `dm:${me}|${other}`, { username: other, text: 'last' }));
    }
    const shown = [...last].reverse().map(shownOf);
    for (const name of [me, me.toUpperCase(), ` ${me} `]) expect(await threads(name)).toEqual(shown);
    const other = last[0]!;
    expect(await threads(others[0]!)).toEqual([shownOf(other)]);

    await api.delete(`${at(other.dmId!)}/${other.messageId}`);
    expect((await threads(me)).find(({ dmId }) => dmId === other.dmId)).toMatchObject({
      latest: other.createdAt,
      last: { deleted: true, text: '' },
    });
    const again = await say(api, other.dmId!, { username: me, text: 'again' });
    expect((await threads(me))[0]).toMatchObject({ dmId: other.dmId, latest: again.createdAt });
    expect((await threads(me)).map(({ dmId }) => dmId)).toEqual([other.dmId, last[2]!.dmId, last[1]!.dmId]);
  });

  it('are none for nobody', async () => {
    for (const user of [unique('nobody'), '', ' ', '|', '$ne', 'dm:a|b']) expect(await threads(user)).toEqual([]);
  });

  it('need a user, and take no other cursor than their own', async () => {
    expectProblem(await api.get('/api/dm/threads'), 422, 'validation_failed', 'user');
    expectProblem(await api.get(`/api/dm/threads?user=${'x'.repeat(201)}`), 422, 'validation_failed', 'user');
    expectProblem(await api.get('/api/dm/threads?user=a&before=x'), 400, 'cursor_invalid');
    const { dm, alice } = uniqueDm();
    const { createdAt } = await say(api, dm);
    const cursor = (time: number) => `${time}.${Buffer.from(dm).toString('base64url')}`;
    const before = async (time: number) =>
      (await api.get(`/api/dm/threads?user=${alice}&before=${cursor(time)}`)).json<Threads>().threads.length;
    expect(await before(createdAt)).toBe(0);
    expect(await before(createdAt + 1)).toBe(1);
  });

  it('are not asked for in vain: 304 until something changes', async () => {
    const { dm, alice } = uniqueDm();
    const path = `/api/dm/threads?user=${alice}`;
    await say(api, dm);
    const { etag } = (await api.get(path)).headers;
    expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    await say(api, dm);
    expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(200);
  });
});
