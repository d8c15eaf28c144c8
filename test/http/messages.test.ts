import { describe, expect, it } from '@jest/globals';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, byId, latest, postTo, say, unique, uniqueDm } from '#test/http/support/rooms.ts';

const api = useApi();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/;

/** Every byte percent-encoded, also those that need not be. */
const percentEncoded = (text: string): string => Buffer.from(text).toString('hex').replace(/../g, '%$&');

/** What a message has that says nothing of itself. */
const bare = (room: string) => ({
  roomId: room,
  groupId: room,
  ...(room.startsWith('dm:') ? { dmId: room } : {}),
  messageId: expect.stringMatching(UUID),
  seq: 1,
  rev: 1,
  timestamp: expect.stringMatching(ISO),
  createdAt: expect.any(Number),
  userId: null,
  username: null,
  avatar: null,
  bubbleColor: null,
  text: '',
  kind: null,
  media: null,
  audio: null,
  replyTo: null,
  edited: false,
  lastEditedAt: null,
  edits: [],
  deleted: false,
  deletedAt: null,
  reactions: {},
});

const full = {
  userId: 'u_1',
  username: 'Ada',
  avatar: 'https://x.example/alice.png',
  bubbleColor: '#7c3aed',
  text: 'See you at eight \u{1f389}',
  kind: 'media',
  media: { original: 'https://x.example/a.jpg', nested: { list: [1, 2.5, null, true, 'x'] }, width: 10 },
  audio: { url: 'https://x.example/a.webm', durationMs: 4_200 },
};

describe.each([
  ['a group room', () => unique('room')],
  ['a DM', () => uniqueDm().dm],
])('a message to %s', (_name, newRoom) => {
  it('is answered as stored, with every field', async () => {
    const room = newRoom();
    const answer = await postTo(api, room, full);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    const message = answer.json<MessageView>();
    expect(message).toEqual({ ...bare(room), ...full });
    expect(Date.parse(message.timestamp)).toBe(message.createdAt);
    expect(await latest(api, room)).toEqual([message]);
    expect(await byId(api, room, message.messageId)).toEqual(message);
  });

  it('needs nothing, and what is missing is null', async () => {
    const room = newRoom();
    expect(await say(api, room, {})).toEqual(bare(room));
    const nothing = Object.fromEntries(Object.keys(full).map((name) => [name, null]));
    expect(await say(api, room, { ...nothing, replyTo: null })).toEqual({ ...bare(room), seq: 2, rev: 2 });
    expect(await say(api, room, { replyTo: {} })).toMatchObject({ seq: 3, text: '', replyTo: null });
  });

  it('takes no id, place or time from its sender', async () => {
    const room = newRoom();
    const sent = { messageId: 'mine', seq: 9, rev: 9, createdAt: 5, timestamp: 'x', deleted: true, _optimistic: true };
    const message = await say(api, room, { ...sent, edited: true, reactions: { a: 1 }, roomId: 'other', system: true });
    expect(message).toEqual(bare(room));
  });

  it('is found by its id and by its timestamp, percent-encoded or not', async () => {
    const room = newRoom();
    const message = await say(api, room, full);
    const encoded = await api.get(`${at(room)}/by-ts/${encodeURIComponent(message.timestamp)}`);
    const raw = await api.get(`${at(room)}/by-ts/${message.timestamp}`);
    expect(encoded.json()).toEqual(message);
    expect(raw.json()).toEqual(message);
    const percent = percentEncoded(message.messageId);
    expect(await byId(api, room, percent)).toEqual(message);
  });

  it('is not found by what it is not', async () => {
    const room = newRoom();
    const { messageId, timestamp } = await say(api, room);
    const elsewhere = newRoom();
    await say(api, elsewhere);
    for (const path of [
      `${at(room)}/by-id/nobody`,
      `${at(room)}/by-ts/2020-01-01T00:00:00.000+00:00`,
      `${at(room)}/around/nobody`,
      `${at(elsewhere)}/by-id/${messageId}`,
      `${at(newRoom())}/by-id/${messageId}`,
      `${at(newRoom())}/by-ts/${timestamp}`,
    ])
      expectProblem(await api.get(path), 404, 'message_not_found');
  });
});

describe('a room', () => {
  it('that nobody ever wrote to is empty, and needs no group', async () => {
    const room = unique('nobody');
    const answer = await api.get(`${at(room)}/latest`);
    expect(answer.text).toBe('[]');
    expectProblem(await api.get(`/api/groups/${room}`), 404, 'group_not_found');
    await say(api, room);
    expect(await latest(api, room)).toHaveLength(1);
  });

  it.each(['__proto__', 'constructor', 'a.b', '$where', 'с пробелом', '100%', '\u{1f389}', 'a|b', 'x?y#z', 'null'])(
    'may be called %s',
    async (name) => {
      // Not `unique` in front: it is the whole name that must do no harm.
      const room = name === 'с пробелом' ? `${name} ` : name;
      const before = await latest(api, room, '?count=1');
      const message = await say(api, room, { text: name });
      expect(message.roomId).toBe(room);
      expect(message.seq).toBeGreaterThan(before.at(-1)?.seq ?? 0);
      expect(await latest(api, room, '?count=500')).toContainEqual(message);
      expect(await byId(api, room, message.messageId)).toEqual(message);
    },
  );

  it('is one room for a path that is encoded more than needed', async () => {
    const room = unique('plain');
    const message = await say(api, room);
    const encoded = percentEncoded(room);
    expect((await api.get(`/api/messages/${encoded}/latest`)).json()).toEqual([message]);
  });

  it('gives strictly later times to later messages, and seq and rev without a gap', async () => {
    const room = unique('order');
    await Promise.all(Array.from({ length: 60 }, () => say(api, room)));
    const messages = await latest(api, room);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
    expect(messages.map(({ rev }) => rev)).toEqual(messages.map((_, index) => index + 1));
    const times = messages.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });

  it('id is refused when it is over-long or names no two users', async () => {
    expectProblem(await api.post(`/api/messages/${'x'.repeat(201)}`, {}), 422, 'validation_failed', 'room');
    expect((await api.get(`/api/messages/${'x'.repeat(200)}/latest`)).status).toBe(200);
    for (const dm of ['dm:alice', 'dm:', 'dm:a|a', 'dm:a|A', 'dm:a|b|c', 'dm:|b', 'DM: |b'])
      expectProblem(await api.get(`/api/messages/${encodeURIComponent(dm)}/latest`), 422, 'validation_failed');
  });
});

describe('the colour of a user', () => {
  it('changes on all his messages among the newest, in any case of his name, and on no other', async () => {
    const room = unique('colours');
    await say(api, room, { username: 'Ada', text: 'a', bubbleColor: '#000' });
    await say(api, room, { username: 'Bob', text: 'b', bubbleColor: '#000' });
    await say(api, room, { username: 'ada', text: 'c' });
    const answer = await api.post(`${at(room)}/user-bubble-color`, { username: ' ADA ', color: '#abc' });
    expect(answer.json()).toEqual({ success: true, updated: 2 });
    expect((await latest(api, room)).map(({ bubbleColor }) => bubbleColor)).toEqual(['#abc', '#000', '#abc']);
    const again = await api.post(`${at(room)}/user-bubble-color`, { username: 'Ada', color: '#abc' });
    expect(again.json()).toMatchObject({ success: true });
  });

  it('needs a name and a colour', async () => {
    const path = `${at(unique('colours'))}/user-bubble-color`;
    for (const body of [{}, { color: 'x' }, { username: ' ', color: 'x' }, { username: null, color: 'x' }])
      expectProblem(await api.post(path, body), 400, 'username_required');
    for (const body of [{ username: 'a' }, { username: 'a', color: ' ' }, { username: 'a', color: null }])
      expectProblem(await api.post(path, body), 422, 'validation_failed', 'color');
  });

  it('may be set in a room without messages', async () => {
    const answer = await api.post(`${at(unique('colours'))}/user-bubble-color`, { username: 'Ada', color: '#abc' });
    expect(answer.json()).toEqual({ success: true, updated: 0 });
  });
});
