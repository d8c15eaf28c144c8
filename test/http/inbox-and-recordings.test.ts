import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, say, unique, uniqueDm } from '#test/http/support/rooms.ts';

const api = useApi();

interface Inbox {
  previews: { threadId: string; username: string | null; text: string; media: unknown }[];
}

const inbox = async (groups: string | undefined, user?: string): Promise<Inbox['previews']> => {
  const query = user === undefined ? '' : `?user=${encodeURIComponent(user)}`;
  const headers = groups === undefined ? {} : { 'x-joined-groups': groups };
  return (await api.get(`/api/inbox/previews${query}`, { headers })).json<Inbox>().previews;
};

const many = (count: number) => Array.from({ length: count }, (_, index) => `nobody-${index}`).join(',');

describe('the inbox', () => {
  it('has the newest message of each group named, in that order, then of each DM of the user, newest first', async () => {
    const { dm, alice, bob } = uniqueDm();
    const [one, two, empty] = [unique('one'), unique('two'), unique('empty')];
    const media = { original: 'https://x.example/a.jpg' };
    await say(api, one, { username: 'Ada', text: 'old' });
    const first = await say(api, one, { username: 'Ada', text: 'new', kind: 'media', media });
    const second = await say(api, two, { username: 'Bob', text: 'two' });
    const direct = await say(api, dm, { username: bob, text: 'dm', media });
    const later = await say(api, `dm:${alice}|${unique('carol')}`, { username: 'x', text: 'later' });
    const shown = (threadId: string, message: typeof first) => ({
      threadId,
      username: message.username,
      text: message.text,
      kind: message.kind,
      timestamp: message.timestamp,
      media: message.media,
    });
    const groups = [shown(two, second), shown(one, first)];
    const dms = [shown(later.dmId!, later), shown(dm, direct)];
    expect(await inbox(`${two}, ${empty},${one},,${two}`)).toEqual(groups);
    expect(await inbox(`${two},${one}`, alice.toUpperCase())).toEqual([...groups, ...dms]);
    expect(await inbox(undefined, alice)).toEqual(dms);
    expect(await inbox('')).toEqual([]);
    expect(await inbox(undefined, ' ')).toEqual([]);
  });

  it('shows nobody the DMs of others', async () => {
    const { dm } = uniqueDm();
    await say(api, dm);
    expect(await inbox(dm)).toEqual([]);
    expect(await inbox(undefined)).toEqual([]);
    expect(await inbox(dm.toUpperCase(), unique('mallory'))).toEqual([]);
  });

  it('takes 200 groups, and leaves out the rest', async () => {
    const room = unique('far');
    await say(api, room);
    expect(await inbox(`${many(199)},${room}`)).toHaveLength(1);
    expect(await inbox(`${many(200)},${room}`)).toHaveLength(0);
  });

  it('passes over what no group can be called', async () => {
    const room = unique('near');
    await say(api, room);
    expect(await inbox(`${'x'.repeat(201)},dm:a,dm:a|a, ,${room}`)).toHaveLength(1);
  });

  it('is refused for what no user can be called', async () => {
    expectProblem(await api.get(`/api/inbox/previews?user=${'x'.repeat(201)}`), 422, 'validation_failed', 'user');
  });
});

describe('recordings', () => {
  const audio = { url: 'https://x.example/a.webm', durationMs: 4_200 };

  it('are the voice messages of a user in groups, newest first, without deleted ones', async () => {
    const [name, one, two] = [unique('Singer'), unique('one'), unique('two')];
    const voice = { username: name, kind: 'audio', audio };
    const first = await say(api, one, voice);
    const second = await say(api, two, voice);
    const third = await say(api, one, { ...voice, username: name.toUpperCase() });
    await say(api, one, { username: name, text: 'no voice' });
    await say(api, one, { ...voice, username: 'Other' });
    await say(api, uniqueDm().dm, voice);
    const reacted = await api.post(`${at(one)}/${first.messageId}/reactions`, { emoji: 'x', user: { userId: 'u' } });
    const { reactions } = reacted.json<typeof first>();
    const gone = await say(api, one, voice);
    await api.delete(`${at(one)}/${gone.messageId}`);

    const shown = (message: typeof first) => ({
      roomId: message.roomId,
      groupId: message.roomId,
      messageId: message.messageId,
      timestamp: message.timestamp,
      createdAt: message.createdAt,
      username: message.username,
      kind: 'audio',
      audio,
      reactions: message === first ? reactions : {},
    });
    const path = `/api/users/${name.toLowerCase()}/recordings`;
    expect((await api.get(path)).json()).toEqual({ items: [third, second, first].map(shown) });
    expect((await api.get(`${path}?groupId=${one}`)).json()).toEqual({ items: [third, first].map(shown) });
    expect((await api.get(`${path}?limit=1`)).json()).toEqual({ items: [shown(third)] });
    expect((await api.get(`${path}?limit=0`)).json<{ items: object[] }>().items).toHaveLength(1);
    expect((await api.get(`${path}?limit=9999`)).json<{ items: object[] }>().items).toHaveLength(3);
    expect((await api.get(`${path}?groupId=${unique('none')}`)).json()).toEqual({ items: [] });
  });

  it('of a deleted group are gone at once', async () => {
    const [name, room] = [unique('singer'), unique('room')];
    await api.post('/api/groups', { id: room, name: room });
    await say(api, room, { username: name, kind: 'audio', audio });
    await api.delete(`/api/groups/${room}`);
    for (const query of ['', `?groupId=${room}`])
      expect((await api.get(`/api/users/${name}/recordings${query}`)).json()).toEqual({ items: [] });
  });

  it('are none in DMs, also when one is named', async () => {
    const { dm, alice } = uniqueDm();
    await say(api, dm, { username: alice, kind: 'audio', audio });
    const answer = await api.get(`/api/users/${alice}/recordings?groupId=${encodeURIComponent(dm)}`);
    expect(answer.json()).toEqual({ items: [] });
  });

  it('need a name and whole numbers', async () => {
    expectProblem(await api.get('/api/users/%20/recordings'), 400, 'username_required');
    for (const limit of ['', 'abc', '1.5', '9'.repeat(17)])
      expectProblem(await api.get(`/api/users/ada/recordings?limit=${limit}`), 422, 'validation_failed', 'limit');
    expectProblem(await api.get(`/api/users/ada/recordings?groupId=${'x'.repeat(201)}`), 422, 'validation_failed');
    expectProblem(await api.get(`/api/users/${'x'.repeat(201)}/recordings`), 422, 'validation_failed', 'username');
  });
});
