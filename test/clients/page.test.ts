import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { examplePath, NOT_YET } from '#test/clients/not-yet.ts';
import { AppPage, launchChromium } from '#test/clients/page/browser.ts';
import { APP_PORT, servePage, type PageHost } from '#test/clients/page/page-host.ts';
import { Recorder, type Call } from '#test/clients/support/recorder.ts';
import { aGroup, newMessage } from '#test/clients/support/shapes.ts';
import type { Group, Message } from '#test/clients/support/types.ts';
import { openGateway, type TestGateway } from '#test/http/support/gateway.ts';
import { unique, uniqueDm } from '#test/http/support/rooms.ts';

let gateway: TestGateway;
let recorder: Recorder;
let host: PageHost;
let stranger: PageHost;
let browser: Browser;
let page: AppPage;

beforeAll(async () => {
  host = await servePage(APP_PORT);
  stranger = await servePage(0);
  gateway = await openGateway();
  recorder = new Recorder(gateway.url);
  await recorder.start();
  browser = await launchChromium();
}, 60_000);

beforeEach(async () => {
  page = await AppPage.open(browser, host.origin, recorder.url);
  recorder.fresh();
});

afterEach(async () => {
  await page.close();
  const faults = recorder.calls.filter(({ status }) => status >= 500);
  if (faults.length > 0) throw new Error(`the API failed: ${JSON.stringify(faults, null, 1)}`);
});

afterAll(async () => {
  await browser?.close();
  await recorder?.close();
  await gateway?.stop();
  await host?.close();
  await stranger?.close();
}, 30_000);

/** Each call without its headers. */
const lines = (calls: readonly Call[]): string[] =>
  calls.map(({ method, path, status }) => `${method} ${path} ${status}`);

/** A room as the app makes it, not through the recorder. */
async function room(): Promise<Group> {
  return stored<Group>('/api/groups', { id: unique('page'), name: 'Page Room' });
}

async function stored<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as T;
}

const say = (path: string, text: string) => stored<Message>(path, { userId: 'u_1', username: 'Alice', text });

describe('the screens of the app, in a browser', () => {
  it('start: the root answers a page that cannot read it', async () => {
    expect(await page.get('/', { mode: 'no-cors' })).toMatchObject({ blocked: false, type: 'opaque' });
    await recorder.next('GET /');
  });

  it('create room: preflight, then the room by either id, and home lists it with its members', async () => {
    const id = unique('page');
    const { status, body } = await page.post('/api/groups', { id, name: id, description: 'A room', avatarUrl: null });
    const group = body as Group;
    expect({ status, body }).toEqual({
      status: 200,
      body: expect.objectContaining(aGroup({ ...group, id, name: id })),
    });
    expect(lines(recorder.fresh())).toEqual(['OPTIONS /groups 200', 'POST /groups 200']);

    for (const one of [group.databaseId, id])
      expect(await page.get(`/api/groups/${one}`)).toMatchObject({ status: 200, body: { ...aGroup(group), id } });
    const members = `/api/groups/${group.databaseId}/members`;
    expect((await page.post(members, { username: 'Alice' })).body).toEqual({ success: true });

    const query = 'includeOnline=true&includeMembers=true&membersLimit=5&limit=200';
    const home = (await page.get(`/api/groups?${query}`)).body as { groups: Group[]; total: number; hasMore: boolean };
    expect(home).toMatchObject({ total: expect.any(Number), hasMore: expect.any(Boolean) });
    const names = home.groups.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    const mine = (await page.get(`/api/groups/${id}?includeMembers=true`)).body;
    expect(mine).toMatchObject({ memberCount: expect.any(Number), memberPreview: expect.any(Array) });

    expect((await page.put(`/api/groups/${id}`, { description: 'Another' })).body).toMatchObject({
      description: 'Another',
    });
    expect((await page.delete(`/api/groups/${id}`)).body).toEqual({ success: true });
    expect(await page.get(`/api/groups/${id}`)).toMatchObject({ status: 404, body: { detail: 'Group not found' } });
  });

  it('group room: the history by both ids, as messages that the app can show', async () => {
    const { id, databaseId } = await room();
    const sent = [await say(`/api/messages/${id}`, 'one'), await say(`/api/messages/${id}`, 'два')];
    for (const one of [databaseId, id]) {
      const { status, body } = await page.get(`/api/messages/${one}/latest?count=200`);
      expect({ status, body }).toEqual({ status: 200, body: sent });
    }
    expect(sent[1]).toMatchObject(newMessage(id, { userId: 'u_1', username: 'Alice', text: 'два' }));
    const { body } = await page.get('/api/groups');
    expect(body).toMatchObject({ groups: expect.any(Array) });
    expect((await page.get(`/api/groups/${id}`)).body).toMatchObject({
      lastMessagePreview: { username: 'Alice', text: 'два', previewText: 'два', hasMedia: false },
      lastMessageAt: sent[1]!.createdAt,
    });
    const previews = await page.get('/api/inbox/previews', { headers: { 'X-Joined-Groups': id } });
    expect(previews.body).toMatchObject({ previews: [{ threadId: id, text: 'два', kind: null, media: null }] });
    // The header is not one of the few that need no leave.
    expect(lines(recorder.fresh()).slice(-2)).toEqual(['OPTIONS /inbox/previews 200', 'GET /inbox/previews 200']);
  });

  it('DMs: threads and history, under both paths', async () => {
    const { dm, alice } = uniqueDm();
    const message = await say(`/api/messages/${encodeURIComponent(dm)}`, 'Psst');
    for (const path of ['messages', 'dm'])
      expect((await page.get(`/api/${path}/${encodeURIComponent(dm)}/latest`)).body).toEqual([message]);
    const { messageId, text } = message;
    expect((await page.get(`/api/dm/threads?user=${alice}`)).body).toMatchObject({
      threads: [{ dmId: dm, latest: message.createdAt, last: { messageId, text } }],
    });
  });

  it('sign up, log in, and the own profile: as the app keeps and shows them', async () => {
    const username = unique('p').slice(-30);
    const credentials = { username, password: 'Correct-Horse-1' };
    const avatarUrl = 'https://media.example.com/a.webp';
    const signedUp = await page.post('/api/auth/signup', { ...credentials, avatarUrl });
    const { token, profile } = signedUp.body as { token: string; profile: { userId: string } };
    const { userId } = profile;
    expect(profile).toMatchObject({ username, avatarUrl, friends: [] });
    expect(await page.post('/api/auth/signup', credentials)).toMatchObject({
      status: 409,
      body: { detail: 'username already taken' },
    });
    expect(await page.post('/api/auth/login', { ...credentials, password: 'x' })).toMatchObject({
      status: 401,
      body: { detail: 'invalid credentials' },
    });
    expect((await page.post('/api/auth/login', credentials)).body).toMatchObject({ profile });

    const headers = { Authorization: `Bearer ${token}` };
    expect((await page.get('/api/profiles/me', { headers })).body).toEqual(profile);
    const account = JSON.stringify({ marker: 'linked-social-account', platform: 'x', url: 'https://x.example/a' });
    const changed = { ...profile, avatarUrl: null, friends: [account], updatedAt: expect.any(Number) };
    const change = { avatarUrl: '', friends: [account] };
    expect((await page.patch('/api/profiles/me', change, { headers })).body).toEqual(changed);
    for (const path of [`/api/profiles/${username.toUpperCase()}`, `/api/profiles/id/${userId}`])
      expect((await page.get(path)).body).toEqual(changed);

    const bio = `/api/users/id/${userId}/bio`;
    expect((await page.get(bio)).body).toEqual({ bio: '' });
    expect((await page.put(bio, { bio: 'Likes tea' })).body).toEqual({ bio: 'Likes tea' });
    expect((await page.get(bio)).body).toEqual({ bio: 'Likes tea' });
    const filters = `/api/users/${userId}/message-filters`;
    const filter = { groupId: 'fun-room', username: 'Mallory' };
    const item = { ...filter, normalized: 'mallory', createdAt: expect.any(Number) };
    expect((await page.post(filters, filter)).body).toMatchObject({ items: [item] });
    expect((await page.delete(filters, filter)).body).toMatchObject({ items: [] });
  });

  it('all that is not served yet answers 404 with a text that the page can read', async () => {
    for (const one of NOT_YET) {
      const { method } = one;
      const ask = { GET: page.get, POST: page.post, PUT: page.put, PATCH: page.patch, DELETE: page.delete }[method];
      const seen = await ask(`/api${examplePath(one)}`, one.body as never, {});
      expect(seen).toMatchObject({ blocked: false, status: 404, body: { detail: 'Not Found' } });
    }
  });
});

describe('the browser\u2019s cache', () => {
  it('asks again with what it has, and is told in a word that nothing changed', async () => {
    const { id } = await room();
    await say(`/api/messages/${id}`, 'one');
    const { dm, alice } = uniqueDm();
    await say(`/api/dm/${encodeURIComponent(dm)}/message`, 'hi');
    for (const path of [
      `/api/messages/${id}/latest?count=200`,
      `/api/groups/${id}`,
      `/api/dm/${encodeURIComponent(dm)}/latest`,
      `/api/dm/threads?user=${alice}`,
      `/api/messages/${id}/page?limit=50`,
    ]) {
      const first = await page.get(path);
      expect(first.etag).toMatch(/^W\/"/);
      expect(await page.get(path)).toEqual(first);
      await page.reload();
      expect(await page.get(path)).toEqual(first);
      const calls = recorder.fresh();
      expect(calls.map(({ status }) => status)).toEqual([200, 304, 304]);
      expect(calls.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, first.etag, first.etag]);
    }
  });

  it('never shows what was: each write is in the very next answer', async () => {
    const { id } = await room();
    const latest = async () => (await page.get(`/api/messages/${id}/latest?count=200`)).body as Message[];
    const at = `/api/messages/${id}`;
    expect(await latest()).toEqual([]);
    const { messageId } = (await page.post(at, { userId: 'u_1', username: 'Alice', text: 'one' })).body as Message;
    expect(await latest()).toMatchObject([{ messageId, text: 'one', edited: false }]);
    await page.put(`${at}/${messageId}`, { newText: 'two' });
    expect(await latest()).toMatchObject([{ messageId, text: 'two', edited: true }]);
    await page.post(`${at}/${messageId}/reactions`, { emoji: '🎉', user: { userId: 'u.2', username: 'Bob' } });
    expect(await latest()).toMatchObject([{ reactions: { 'u.2': { emoji: '🎉' } } }]);
    await page.post(`${at}/user-bubble-color`, { username: 'Alice', color: '#16a34a' });
    expect(await latest()).toMatchObject([{ bubbleColor: '#16a34a' }]);
    await page.delete(`${at}/${messageId}`);
    expect(await latest()).toMatchObject([{ messageId, text: '', deleted: true }]);
    await say(at, 'by somebody else');
    expect(await latest()).toMatchObject([{ deleted: true }, { text: 'by somebody else' }]);

    const preview = async () => (await page.get(`/api/groups/${id}`)).body;
    expect(await preview()).toMatchObject({ lastMessagePreview: { text: 'by somebody else' } });
    await say(at, 'once more');
    expect(await preview()).toMatchObject({ lastMessagePreview: { text: 'once more' } });
    await page.delete(`/api/groups/${id}`);
    expect(await latest()).toEqual([]);
  });

  it('shows a new thread at once', async () => {
    const { dm, alice, bob } = uniqueDm();
    const threads = async () =>
      Promise.all([alice, bob].map(async (user) => (await page.get(`/api/dm/threads?user=${user}`)).body));
    expect(await threads()).toEqual([{ threads: [] }, { threads: [] }]);
    await say(`/api/messages/${encodeURIComponent(dm)}`, 'Psst');
    const one = { threads: [{ dmId: dm }] };
    expect(await threads()).toMatchObject([one, one]);
  });
});

describe('what the browser asks before it asks', () => {
  it('is asked once for the same call', async () => {
    const { id } = await room();
    for (const text of ['one', 'two', 'three']) await page.post(`/api/messages/${id}`, { username: 'Alice', text });
    const post = `POST /messages/${id} 200`;
    expect(lines(recorder.fresh())).toEqual([`OPTIONS /messages/${id} 200`, post, post, post]);
  });

  it('lets a body pass with DELETE', async () => {
    const { id } = await room();
    const { messageId } = await say(`/api/messages/${id}`, 'one');
    const body = { user: { userId: 'u_1' } };
    expect((await page.delete(`/api/messages/${id}/${messageId}`, body)).body).toMatchObject({ success: true });
    const [preflight, call] = recorder.fresh();
    expect(preflight!.headers).toMatchObject({
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'content-type',
    });
    expect(JSON.parse(call!.body)).toEqual(body);

    await page.delete('/api/dating/likes', { from: 'alice', to: 'bob' });
    const [, unlike] = recorder.fresh();
    expect(unlike).toMatchObject({ method: 'DELETE', body: '{"from":"alice","to":"bob"}' });
  });

  it('lets a token pass, for reading and changing the own profile', async () => {
    const headers = { Authorization: 'Bearer not-a-token' };
    // One after the other: the leave that the second gets would do for the first.
    const answers = [
      await page.get('/api/profiles/me', { headers }),
      await page.patch('/api/profiles/me', {}, { headers }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect(body).toMatchObject({ detail: expect.any(String), error: expect.any(String) });
    }
    const calls = recorder.fresh();
    const preflights = calls.filter(({ method }) => method === 'OPTIONS');
    expect(preflights.map((one) => one.headers['access-control-request-headers'])).toEqual([
      'authorization',
      'authorization,content-type',
    ]);
    expect(calls.filter((one) => one.headers.authorization === headers.Authorization)).toHaveLength(2);
  });
});

describe('errors', () => {
  it('can be read by the page: detail and error are the same text', async () => {
    const { id } = await room();
    const missing = '00000000-0000-4000-8000-000000000000';
    const answers = [
      [404, await page.get(`/api/groups/${unique('nobody')}`)],
      [404, await page.get(`/api/messages/${id}/by-id/${missing}`)],
      [404, await page.put(`/api/messages/${id}/${missing}`, { newText: 'x' })],
      [400, await page.put(`/api/messages/${id}/${missing}`, {})],
      [400, await page.post(`/api/groups/${id}/members`, {})],
      [422, await page.post('/api/groups', {})],
      [422, await page.post('/api/groups', { name: null })],
      [422, await page.get(`/api/messages/${id}/latest?count=many`)],
      [422, await page.post(`/api/messages/${id}`, [])],
      [413, await page.post(`/api/messages/${id}`, { text: 'x'.repeat(2 * 1024 * 1024) })],
      [405, await page.get(`/api/messages/${id}`)],
      [404, await page.get('/api/nothing')],
    ] as const;
    for (const [status, seen] of answers) {
      expect(seen).toMatchObject({ blocked: false, status });
      const { detail, error } = seen.body as { detail: string; error: string };
      expect(detail).toMatch(/\S/);
      expect(error).toBe(detail);
    }
  });
});

describe('a page of another origin', () => {
  it('can read nothing, and cannot write', async () => {
    const { id } = await room();
    await say(`/api/messages/${id}`, 'one');
    const other = await AppPage.open(browser, stranger.origin, recorder.url);
    recorder.fresh();
    expect(await other.get(`/api/messages/${id}/latest`)).toMatchObject({ blocked: true });
    expect(await other.get('/api/groups/nobody')).toMatchObject({ blocked: true });
    expect(await other.post(`/api/messages/${id}`, { text: 'two' })).toMatchObject({ blocked: true });
    expect(await other.delete(`/api/groups/${id}`)).toMatchObject({ blocked: true });
    // The writes never came.
    expect(recorder.fresh().map(({ method, status }) => `${method} ${status}`)).toEqual([
      'GET 200',
      'GET 404',
      'OPTIONS 400',
      'OPTIONS 400',
    ]);
    await other.close();
  });

  it('is 127.0.0.1 beside localhost: both are let in', async () => {
    const other = await AppPage.open(browser, `http://127.0.0.1:${APP_PORT}`, recorder.url);
    expect(await other.post('/api/groups', { name: unique('page') })).toMatchObject({ blocked: false, status: 200 });
    await other.close();
  });
});
