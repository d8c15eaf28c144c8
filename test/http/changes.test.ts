import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, changes, latest, say, sayMany, texts, unique, uniqueDm } from '#test/http/support/rooms.ts';

const api = useApi();

describe.each([
  ['a group room', () => unique('room')],
  ['a DM', () => uniqueDm().dm],
])('the changes of %s', (_name, newRoom) => {
  it('are, from the start, every message once in its newest state, in the order of its last change', async () => {
    const room = newRoom();
    const [first, second] = await sayMany(api, room, 3);
    await api.put(`${at(room)}/${first!.messageId}`, { newText: 'edited' });
    await api.delete(`${at(room)}/${second!.messageId}`);
    await api.post(`${at(room)}/${first!.messageId}/reactions`, { emoji: 'x', user: { userId: 'u' } });
    for (const query of ['', '?since=0', '?since=']) {
      const { items, next, reset } = await changes(api, room, query);
      expect(items.map(({ seq, rev }) => ({ seq, rev }))).toEqual([
        { seq: 3, rev: 3 },
        { seq: 2, rev: 5 },
        { seq: 1, rev: 6 },
      ]);
      expect(items.toSorted((a, b) => a.seq - b.seq)).toEqual(await latest(api, room));
      expect(reset).toBe(false);
      expect(next).toMatch(/^[\w.-]+$/);
    }
  });

  it('are, since a cursor, exactly what changed after it; and none without a change', async () => {
    const room = newRoom();
    await sayMany(api, room, 2);
    const { next } = await changes(api, room);
    expect(await changes(api, room, `?since=${next}`)).toEqual({ items: [], next, reset: false });
    const message = await say(api, room, { text: 'three' });
    const later = await changes(api, room, `?since=${next}`);
    expect(later).toMatchObject({ items: [message], reset: false });
    expect(later.next).not.toBe(next);
    expect((await changes(api, room, `?since=${later.next}`)).items).toEqual([]);
    // The same cursor again: the same answer.
    expect(await changes(api, room, `?since=${next}`)).toEqual(later);
  });

  it('come in parts of the size asked for, and lead a client to where the room is', async () => {
    const room = newRoom();
    const all = await sayMany(api, room, 7);
    await api.post(`${at(room)}/user-bubble-color`, { username: 'Ada', color: '#fff' });
    const copy = new Map<string, object>();
    let cursor = '0';
    for (const size of [3, 3, 1, 0]) {
      const { items, next } = await changes(api, room, `?since=${cursor}&limit=3`);
      expect(items).toHaveLength(size);
      for (const item of items) copy.set(item.messageId, item);
      cursor = next;
    }
    expect(all.map(({ messageId }) => copy.get(messageId))).toEqual(await latest(api, room));
    expect((await changes(api, room, '?limit=0')).items).toHaveLength(1);
    expect((await changes(api, room, '?limit=100000')).items).toHaveLength(7);
  });

  it('of a room that nobody wrote to are none, until somebody does', async () => {
    const room = newRoom();
    const { next, ...rest } = await changes(api, room);
    expect(rest).toEqual({ items: [], reset: false });
    const message = await say(api, room);
    expect(await changes(api, room, `?since=${next}`)).toMatchObject({ items: [message], reset: false });
  });

  it('are refused for what is no cursor or no number', async () => {
    const path = `${at(newRoom())}/changes`;
    for (const since of ['x', '1', '-1', '1.2.3', 'null', '%F0%9F%8E%89', '1.1.1.a%20b', '9'.repeat(100)])
      expectProblem(await api.get(`${path}?since=${since}`), 400, 'cursor_invalid');
    expectProblem(await api.get(`${path}?since=${'1'.repeat(301)}`), 422, 'validation_failed', 'since');
    for (const name of ['limit', 'wait'])
      for (const value of ['', 'abc', '1.5', '9'.repeat(17)])
        expectProblem(await api.get(`${path}?${name}=${value}`), 422, 'validation_failed', name);
  });

  it('start over for a cursor that the room has not reached, or of another room', async () => {
    const [room, other] = [newRoom(), newRoom()];
    const all = await sayMany(api, room, 2);
    await sayMany(api, other, 1);
    const { next } = await changes(api, room);
    const ahead = next.replace(/^\d+/, '999');
    for (const since of [ahead, (await changes(api, other)).next]) {
      const feed = await changes(api, room, `?since=${since}`);
      expect(feed).toEqual({ items: all, next, reset: true });
    }
  });
});

describe('the changes of a deleted room', () => {
  it('start over, and go on from there', async () => {
    const room = unique('room');
    await api.post('/api/groups', { id: room, name: room });
    await sayMany(api, room, 2);
    const { next } = await changes(api, room);
    await api.delete(`/api/groups/${room}`);
    const gone = await changes(api, room, `?since=${next}`);
    expect(gone).toMatchObject({ items: [], reset: true });
    const message = await say(api, room, { text: 'new' });
    expect(await changes(api, room, `?since=${gone.next}`)).toMatchObject({ items: [message], reset: false });
    expect(await changes(api, room, `?since=${next}`)).toMatchObject({ items: [message], reset: true });
  });
});

describe('waiting for changes', () => {
  it.each([
    ['a group room', () => unique('room')],
    ['a DM', () => uniqueDm().dm],
  ])('of %s ends with the first', async (_name, newRoom) => {
    const room = newRoom();
    await sayMany(api, room, 1);
    const { next } = await changes(api, room);
    const waiting = changes(api, room, `?since=${next}&wait=25`);
    await sleep(200);
    const message = await say(api, room, { text: 'came' });
    expect(await waiting).toMatchObject({ items: [message], reset: false });
    const again = changes(api, room, `?since=${(await waiting).next}&wait=25`);
    await sleep(100);
    await api.post(`${at(room)}/${message.messageId}/reactions`, { emoji: 'x', user: { userId: 'u' } });
    expect((await again).items).toMatchObject([{ messageId: message.messageId, reactions: { u: {} } }]);
  });

  it('ends when the time is over, empty, at the same place', async () => {
    const room = unique('room');
    await sayMany(api, room, 1);
    const { next } = await changes(api, room);
    expect(await changes(api, room, `?since=${next}&wait=1`)).toEqual({ items: [], next, reset: false });
    expect(await changes(api, room, `?since=${next}&wait=-5`)).toEqual({ items: [], next, reset: false });
  });

  it('is longer than one slice of it', async () => {
    const room = unique('room');
    const waiting = changes(api, room, '?wait=25');
    await sleep(2_600);
    const message = await say(api, room);
    expect((await waiting).items).toEqual([message]);
  });

  it('does not happen when there is something already', async () => {
    const room = unique('room');
    await sayMany(api, room, 2);
    expect(texts((await changes(api, room, '?since=0&wait=25')).items)).toEqual(['1', '2']);
  });

  it('ends with the deletion of the room', async () => {
    const room = unique('room');
    await api.post('/api/groups', { id: room, name: room });
    await sayMany(api, room, 1);
    const { next } = await changes(api, room);
    const waiting = changes(api, room, `?since=${next}&wait=25`);
    await sleep(200);
    await api.delete(`/api/groups/${room}`);
    expect(await waiting).toMatchObject({ items: [], reset: true });
  });

  it('is for many at once, who are all told', async () => {
    const room = unique('room');
    const waiting = Array.from({ length: 50 }, () => changes(api, room, '?wait=25'));
    await sleep(300);
    const message = await say(api, room);
    for (const feed of await Promise.all(waiting)) expect(feed.items).toEqual([message]);
  });

  it('leaves nothing behind when the client goes away', async () => {
    const room = unique('room');
    for (let round = 0; round < 3; round++) {
      const controller = new AbortController();
      const waiting = Array.from({ length: 60 }, () =>
        api.get(`${at(room)}/changes?wait=25`, { signal: controller.signal }).then(
          () => 'answered',
          (error: Error) => error.name,
        ),
      );
      await sleep(100);
      controller.abort();
      expect(new Set(await Promise.all(waiting))).toEqual(new Set(['AbortError']));
    }
    // All connections of this client but those that are gone are free; afterwards the program must end at once.
    const message = await say(api, room);
    expect(await latest(api, room)).toEqual([message]);
  });
});
