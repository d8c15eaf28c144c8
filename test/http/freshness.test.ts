import { describe, expect, it } from '@jest/globals';
import type { GroupView } from '#services/groups/groups.contract.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { useApi } from '#test/http/support/api.ts';
import { around, at, byId, changes, latest, page, say, unique, uniqueDm } from '#test/http/support/rooms.ts';

const api = useApi();

interface Inbox {
  previews: { threadId: string; text: string }[];
}
interface Threads {
  threads: { dmId: string; last?: Partial<MessageView> }[];
}

/** Reads the room in every way there is, with the ETags and the cursor of before, and expects `wanted` in each answer. */
async function expectEverywhere(
  room: string,
  messageId: string,
  wanted: object,
  before: { etags: Map<string, string>; cursor: string },
): Promise<void> {
  for (const [path, etag] of before.etags) {
    const answer = await api.get(path, { headers: { 'if-none-match': etag } });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.json<MessageView[]>().find((one) => one.messageId === messageId)).toMatchObject(wanted);
  }
  expect(await byId(api, room, messageId)).toMatchObject(wanted);
  for (const { items } of [
    await page(api, room),
    await around(api, room, messageId),
    await changes(api, room, `?since=${before.cursor}`),
    await changes(api, room, '?since=0'),
  ])
    expect(items.find((one) => one.messageId === messageId)).toMatchObject(wanted);
}

/** What a client has read before a write: by the hot path, which needs two reads of a URL, and by the general one. */
async function readBefore(room: string) {
  const etags = new Map<string, string>();
  for (const query of ['', '?count=100', '?count=0', '?count=3']) {
    const path = `${at(room)}/latest${query}`;
    await api.get(path);
    etags.set(path, (await api.get(path)).headers.etag!);
  }
  return { etags, cursor: (await changes(api, room)).next };
}

describe.each([
  ['a group', false],
  ['a DM', true],
])('in %s', (_name, direct) => {
  it('every acknowledged write is in the very next answer of every read', async () => {
    const { dm, alice } = uniqueDm();
    const room = direct ? dm : unique('fresh');
    const groups = { headers: { 'x-joined-groups': room } };
    if (!direct) await api.post('/api/groups', { id: room, name: room });

    const expectListed = async (wanted: object, last = wanted) => {
      const inbox = (await api.get(`/api/inbox/previews?user=${alice}`, groups)).json<Inbox>();
      expect(inbox.previews).toMatchObject([{ threadId: room, ...(direct ? last : wanted) }]);
      const listed = direct
        ? (await api.get(`/api/dm/threads?user=${alice}`)).json<Threads>().threads[0]!.last
        : (await api.get(`/api/groups/${room}`)).json<GroupView>().lastMessagePreview;
      expect(listed).toMatchObject(direct ? last : wanted);
    };

    let before = await readBefore(room);
    const first = await say(api, room, { username: alice, text: 'first' });
    await expectEverywhere(room, first.messageId, { text: 'first' }, before);
    await expectListed({ text: 'first' });

    before = await readBefore(room);
    const { messageId } = await say(api, room, { username: alice, text: 'one', replyToMessageId: first.messageId });
    await expectEverywhere(room, messageId, { text: 'one', replyTo: { text: 'first' } }, before);
    await expectListed({ text: 'one' });
    const path = `${at(room)}/${messageId}`;

    before = await readBefore(room);
    await api.put(path, { newText: 'two' });
    await expectEverywhere(room, messageId, { text: 'two', edited: true }, before);
    await expectListed({ text: 'two' });

    before = await readBefore(room);
    await api.post(`${path}/reactions`, { emoji: 'x', user: { userId: 'u' } });
    await expectEverywhere(room, messageId, { reactions: { u: { emoji: 'x' } } }, before);

    before = await readBefore(room);
    await api.post(`${path}/reactions`, { emoji: 'x', user: { userId: 'u' } });
    await expectEverywhere(room, messageId, { reactions: {} }, before);

    before = await readBefore(room);
    await api.post(`${at(room)}/user-bubble-color`, { username: alice, color: '#fed' });
    await expectEverywhere(room, messageId, { bubbleColor: '#fed' }, before);

    before = await readBefore(room);
    await api.put(`${at(room)}/${first.messageId}`, { newText: 'changed' });
    expect((await byId(api, room, messageId)).replyTo).toMatchObject({ text: 'changed' });
    await expectEverywhere(room, first.messageId, { text: 'changed' }, before);

    before = await readBefore(room);
    await api.delete(path);
    await expectEverywhere(room, messageId, { text: '', deleted: true }, before);
    // Groups show the newest message that is not deleted, threads the newest.
    await expectListed({ text: 'changed' }, { text: '' });
  });
});

describe('the deletion of a room', () => {
  it('is in the very next answer of every read', async () => {
    const room = unique('fresh');
    await api.post('/api/groups', { id: room, name: room });
    await say(api, room);
    const { messageId } = await say(api, room);
    const before = await readBefore(room);
    await api.delete(`/api/groups/${room}`);
    for (const [path, etag] of before.etags)
      expect(await api.get(path, { headers: { 'if-none-match': etag } })).toMatchObject({ status: 200, text: '[]' });
    expect((await api.get(`${at(room)}/by-id/${messageId}`)).status).toBe(404);
    expect((await page(api, room)).items).toEqual([]);
    expect(await changes(api, room, `?since=${before.cursor}`)).toMatchObject({ items: [], reset: true });
    expect((await changes(api, room)).items).toEqual([]);
    const inbox = (await api.get('/api/inbox/previews', { headers: { 'x-joined-groups': room } })).json<Inbox>();
    expect(inbox.previews).toEqual([]);
  });
});

describe('many who write and read at once', () => {
  it('see each what they wrote, and no rev twice with different contents', async () => {
    const room = unique('fresh');
    const bodies = new Map<string, string>();
    const one = async (name: string) => {
      for (let n = 1; n <= 10; n++) {
        const { messageId } = await say(api, room, { username: name, text: `${name} ${n}` });
        const answer = await api.get(`${at(room)}/latest`);
        expect(answer.json<MessageView[]>().map((message) => message.messageId)).toContain(messageId);
        const etag = answer.headers.etag!;
        bodies.set(etag, bodies.get(etag) ?? answer.text);
        expect(answer.text).toBe(bodies.get(etag));
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, index) => one(`user-${index}`)));
    expect(await latest(api, room)).toHaveLength(80);
  });
});
