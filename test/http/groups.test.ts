import { describe, expect, it } from '@jest/globals';
import type { GroupView } from '#services/groups/groups.contract.ts';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, latest, say, unique } from '#test/http/support/rooms.ts';

const api = useApi();

interface List {
  groups: GroupView[];
  total: number;
  hasMore: boolean;
}

async function create(body: object): Promise<GroupView> {
  const answer = await api.post('/api/groups', body);
  expect(answer).toMatchObject({ status: 200 });
  return answer.json<GroupView>();
}

const get = async (id: string, query = ''): Promise<GroupView> =>
  (await api.get(`/api/groups/${encodeURIComponent(id)}${query}`)).json<GroupView>();

const list = async (query = ''): Promise<List> => (await api.get(`/api/groups${query}`)).json<List>();

/** All groups, however many pages they take. */
async function listAll(query = ''): Promise<GroupView[]> {
  const all: GroupView[] = [];
  for (;;) {
    const { groups, hasMore } = await list(`?limit=200&offset=${all.length}${query}`);
    all.push(...groups);
    if (!hasMore) return all;
  }
}

describe('a group', () => {
  it('is created with every field, gets its id from its name, and both its ids are the same', async () => {
    const name = unique('Fun Room');
    const id = name.toLowerCase().replaceAll(' ', '-');
    const group = { id, name, description: 'For all', avatarUrl: 'https://x.example/a.png' };
    const view = { ...group, databaseId: id, slug: id, onlineCount: 0 };
    const answer = await api.post('/api/groups', {
      name,
      description: 'For all',
      avatarUrl: group.avatarUrl,
      owner: 1,
    });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual(view);
    expect(await get(id)).toEqual({ ...view, lastMessagePreview: null });
  });

  it('may have an id of its own and no more', async () => {
    const id = unique('only-id');
    expect(await create({ id })).toEqual({
      id,
      name: '',
      description: '',
      avatarUrl: null,
      databaseId: id,
      slug: id,
      onlineCount: 0,
    });
    expect(await create({ id, name: null, description: null, avatarUrl: null })).toMatchObject({ id, name: '' });
  });

  it('has an id that is not trimmed', async () => {
    const name = `  ${unique('Fun Room')}  `;
    expect((await create({ name })).id).toBe(name.toLowerCase().replaceAll(' ', '-'));
    expect((await create({ id: '', name })).id).toBe(name.toLowerCase().replaceAll(' ', '-'));
  });

  it('is overwritten by another with its id: what is not sent is gone', async () => {
    const id = unique('again');
    await create({ id, name: 'One', description: 'D', avatarUrl: 'A' });
    expect(await create({ id, name: 'Two' })).toMatchObject({ id, name: 'Two', description: '', avatarUrl: null });
    expect(await get(id)).toMatchObject({ name: 'Two', description: '', avatarUrl: null });
  });

  it('is one when twenty create it at once', async () => {
    const name = unique('Rush');
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post('/api/groups', { name })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await listAll()).filter((one) => one.name === name)).toHaveLength(1);
  });

  it('changes by what is sent, null included', async () => {
    const id = unique('change');
    await create({ id, name: 'One', description: 'D', avatarUrl: 'A' });
    const put = async (body: object) => (await api.put(`/api/groups/${id}`, body)).json<GroupView>();
    expect(await put({ name: 'Two' })).toEqual({
      id,
      name: 'Two',
      description: 'D',
      avatarUrl: 'A',
      databaseId: id,
      slug: id,
      onlineCount: 0,
    });
    expect(await put({ description: null, avatarUrl: null })).toMatchObject({ description: '', avatarUrl: null });
    expect(await put({ id: 'other', databaseId: 'other' })).toMatchObject({ id, name: 'Two' });
    expect(await put({})).toMatchObject({ id, name: 'Two' });
    expect(await get(id)).toMatchObject({ id, name: 'Two', description: '', avatarUrl: null });
  });

  it('that nobody made is not found', async () => {
    const path = `/api/groups/${unique('nobody')}`;
    expectProblem(await api.get(path), 404, 'group_not_found');
    expectProblem(await api.put(path, { name: 'x' }), 404, 'group_not_found');
    expectProblem(await api.delete(path), 404, 'group_not_found');
    expectProblem(await api.get(`/api/groups/${'a'.repeat(24)}`), 404, 'group_not_found');
  });

  it.each([
    ['nothing', {}, 'name'],
    ['null', { id: null, name: null }, 'name'],
    ['blanks', { id: '', name: '' }, 'name'],
    ['the id of a DM', { id: 'dm:alice|bob' }, 'id'],
    ['the id of a DM in other case', { id: ' DM:x' }, 'id'],
    ['the name of a DM', { name: 'dm:alice|bob' }, 'name'],
    ['a databaseId', { id: 'abcdef0123456789ABCDEF01' }, 'id'],
    ['a slash', { id: 'a/b' }, 'id'],
    ['a step up', { id: '..' }, 'id'],
    ['a line break', { id: 'a\nb' }, 'id'],
    ['a number', { id: 5 }, 'id'],
    ['a list', { id: ['a'] }, 'id'],
    ['a number as its name', { name: 5 }, 'name'],
    ['a long id', { id: 'x'.repeat(201) }, 'id'],
    ['a long name', { name: 'x'.repeat(101) }, 'name'],
    ['a long description', { name: 'n', description: 'x'.repeat(2_001) }, 'description'],
    ['a huge avatar', { name: 'n', avatarUrl: 'x'.repeat(1_048_577) }, 'avatarUrl'],
  ])('is not made of %s', async (_name, body, field) => {
    const before = await list('?limit=1');
    expectProblem(await api.post('/api/groups', body), 422, 'validation_failed', field);
    expect((await list('?limit=1')).total).toBe(before.total);
  });

  it('keeps its name when it is changed badly', async () => {
    const id = unique('kept');
    const before = await create({ id, name: 'One' });
    for (const [body, field] of [
      [{ name: null }, 'name'],
      [{ name: 5 }, 'name'],
      [{ name: 'Two', description: [] }, 'description'],
      [{ name: 'Two', avatarUrl: {} }, 'avatarUrl'],
    ] as const)
      expectProblem(await api.put(`/api/groups/${id}`, body), 422, 'validation_failed', field);
    expect(await get(id)).toEqual({ ...before, lastMessagePreview: null });
  });

  it('shows its newest message, passing over deleted ones and system lines', async () => {
    const id = unique('preview');
    await create({ id, name: 'One' });
    const text = await say(api, id, { username: 'Ada', text: '  hello  ' });
    const preview = {
      username: 'Ada',
      text: '  hello  ',
      previewText: 'hello',
      voiceNote: false,
      kind: null,
      createdAt: text.createdAt,
      timestamp: text.timestamp,
      hasMedia: false,
      mediaType: null,
      audioDurationMs: null,
    };
    const shown = { lastMessagePreview: preview, lastMessageAt: text.createdAt, lastActiveAt: text.createdAt };
    expect(await get(id)).toMatchObject({ ...shown, summaryFetchedAt: expect.any(Number) });

    await say(api, id, { username: 'System', text: 'Ada left' });
    await say(api, id, { username: 'Ada', text: 'left', system: true });
    await say(api, id, { username: 'Ada', text: 'left', systemType: 'left' });
    const gone = await say(api, id, { username: 'Ada', text: 'gone' });
    await api.delete(`${at(id)}/${gone.messageId}`);
    expect(await get(id)).toMatchObject(shown);

    await say(api, id, { username: 'Ada', text: 'u', kind: 'gif', media: { original: 'https://x.example/a.gif' } });
    expect((await get(id)).lastMessagePreview).toMatchObject({ previewText: 'GIF', kind: 'gif', hasMedia: true });
    await say(api, id, { username: 'Ada', media: { original: 'https://x.example/a.mp4?x=1' }, kind: 'media' });
    expect((await get(id)).lastMessagePreview).toMatchObject({ previewText: 'Video', mediaType: 'video' });
    await say(api, id, { username: 'Ada', media: { original: 'https://x.example/a.jpg' }, kind: 'media' });
    expect((await get(id)).lastMessagePreview).toMatchObject({ previewText: 'Photo', mediaType: 'photo' });
    await say(api, id, { username: 'Ada', audio: { url: 'x', durationMs: 4_200 }, kind: 'audio' });
    expect((await get(id)).lastMessagePreview).toMatchObject({ voiceNote: true, audioDurationMs: 4_200 });
  });
});

describe('the list of groups', () => {
  it('is in the byte order of names, then of ids, in pages that together have each once', async () => {
    const ids = [unique('list-b'), unique('list-a'), unique('list-c')];
    for (const id of ids) await create({ id, name: `Same ${ids[0]}` });
    const all = await listAll();
    const keys = all.map(({ name, id }) => Buffer.from(`${name}\0${id}`));
    expect(keys.map(String)).toEqual(keys.toSorted((a, b) => a.compare(b)).map(String));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);

    const { total, groups, hasMore } = await list('?limit=2&offset=1');
    expect(groups.map(({ id }) => id)).toEqual(all.slice(1, 3).map(({ id }) => id));
    expect({ total, hasMore }).toEqual({ total: all.length, hasMore: all.length > 3 });
    expect(await list(`?offset=${all.length}`)).toEqual({ groups: [], total: all.length, hasMore: false });
  });

  it('shows of each group what the group by itself shows', async () => {
    const id = unique('listed');
    await create({ id, name: id });
    await say(api, id, { username: 'Ada', text: 'hello' });
    await api.post(`/api/groups/${id}/members`, { username: 'Ada' });
    for (const query of ['', '&includeMembers=true', '&includeMembers=YES&membersLimit=1', '&includeOnline=1']) {
      const listed = (await listAll(query)).find((one) => one.id === id);
      expect(listed).toEqual(await get(id, `?x=1${query.replace('&includeOnline=1', '')}`));
    }
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=abc', 'limit'],
    ['limit=', 'limit'],
    ['limit=1.5', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=9007199254740993', 'offset'],
    ['membersLimit=0', 'membersLimit'],
    ['membersLimit=11', 'membersLimit'],
    ['includeOnline=maybe', 'includeOnline'],
    ['includeMembers=2', 'includeMembers'],
    ['limit=5&limit=0', 'limit'],
  ])('refuses %s', async (query, field) => {
    expectProblem(await api.get(`/api/groups?${query}`), 422, 'validation_failed', field);
  });

  it.each(['limit=1', 'limit=200', 'offset=0', 'includeOnline=no&includeMembers=F', 'unknown=1', 'limit=0&limit=5'])(
    'takes %s',
    async (query) => {
      expect((await api.get(`/api/groups?${query}`)).status).toBe(200);
    },
  );

  it('is asked for again at little cost: 304 until something changes', async () => {
    const id = unique('cached');
    await create({ id, name: id });
    const query = '/api/groups?limit=200&includeMembers=true';
    // Others may create groups meanwhile; the group by itself is ours alone.
    const path = `/api/groups/${id}?includeMembers=true`;
    for (const change of [
      () => say(api, id),
      () => api.put(`/api/groups/${id}`, { description: 'new' }),
      () => api.post(`/api/groups/${id}/members`, { username: 'Ada' }),
      () => api.delete(`/api/groups/${id}/members/ada`),
    ]) {
      const { etag } = (await api.get(path)).headers;
      const listed = (await api.get(query)).headers.etag;
      expect(etag).toMatch(/^W\/".+"$/);
      expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
      await change();
      expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(200);
      expect((await api.get(query, { headers: { 'if-none-match': listed } })).status).toBe(200);
    }
  });
});

describe('deleting a group', () => {
  it('empties its room at once, takes its members, and leaves a room in which seq goes on', async () => {
    const id = unique('deleted');
    await create({ id, name: id });
    const messages = [await say(api, id), await say(api, id), await say(api, id)];
    await api.post(`/api/groups/${id}/members`, { username: 'Ada' });
    const { etag } = (await api.get(`${at(id)}/latest`)).headers;
    const answer = await api.delete(`/api/groups/${id}`, { any: 'body' });
    expect(answer.json()).toEqual({ success: true });

    expect(await latest(api, id)).toEqual([]);
    const asked = await api.get(`${at(id)}/latest`, { headers: { 'if-none-match': etag } });
    expect(asked).toMatchObject({ status: 200, text: '[]' });
    const { messageId, timestamp } = messages[0]!;
    for (const path of [`/by-id/${messageId}`, `/by-ts/${timestamp}`, `/around/${messageId}`])
      expectProblem(await api.get(at(id) + path), 404, 'message_not_found');
    expectProblem(await api.put(`${at(id)}/${messageId}`, { newText: 'x' }), 404, 'message_not_found');
    expect((await api.get(`${at(id)}/page`)).json()).toMatchObject({ items: [], nextBefore: null });
    expectProblem(await api.get(`/api/groups/${id}`), 404, 'group_not_found');
    expectProblem(await api.delete(`/api/groups/${id}`), 404, 'group_not_found');

    expect(await say(api, id, { text: 'again' })).toMatchObject({ seq: 4, replyTo: null });
    expect(await latest(api, id)).toHaveLength(1);
    await create({ id, name: 'New' });
    expect(await get(id, '?includeMembers=true')).toMatchObject({
      name: 'New',
      memberCount: 0,
      lastMessagePreview: { text: 'again' },
    });
  });
});
