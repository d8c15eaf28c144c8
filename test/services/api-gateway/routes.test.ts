import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Tokens } from '#shared/tokens.ts';
import { ROUTES } from '#services/api-gateway/routes/index.ts';
import { paramOf, pathParams, type Route } from '#services/api-gateway/routes/route.ts';
import { Stage } from '#test/services/api-gateway/stage.ts';

const SECRET = 's'.repeat(32);
const stage = new Stage({ JWT_SECRET: SECRET });
beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(() => stage.reset());

function urlOf({ path, example }: Route): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(example.path![name]!));
  const query = new URLSearchParams(
    Object.entries(example.query ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return query.size > 0 ? `${filled}?${query}` : filled;
}

/** By a user, where only a user may. */
async function call(route: Route): Promise<Response> {
  const user = { userId: 'u_1', username: 'alice' };
  const headers: Record<string, string> = { ...route.example.headers };
  if (route.errors?.includes('token_required'))
    headers.authorization = `Bearer ${await new Tokens(async () => [SECRET]).sign(user, 60)}`;
  return route.method === 'GET'
    ? stage.get(urlOf(route), headers)
    : stage.send(route.method, urlOf(route), route.example.body ?? {}, headers);
}

/** Those of other services: they are stood in for. */
const own = ROUTES.filter(({ action }) => action !== null && !action.startsWith('api-gateway.'));

describe('every route of an action', () => {
  it.each(own.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s passes its example on and answers it',
    async (_name, route) => {
      const response = await call(route);
      expect(response.status).toBe(200);
      const text = await response.text();
      expect(route.resultType ? text : JSON.parse(text)).toEqual(route.example.response);

      const { action, params } = stage.calls.at(-1)!;
      expect(action).toBe(route.action);
      for (const name of pathParams(route.path)) expect(params[paramOf(route, name)]).toBe(route.example.path![name]);
      const { body = {} } = route.example;
      expect(params).toMatchObject(route.listBody ? { [route.listBody]: body } : body);
      for (const [name, value] of Object.entries(route.example.query ?? {})) expect(params[name]).toEqual(value);
    },
  );
});

describe('parameters', () => {
  it('never come from a body field of the same name as a path parameter', async () => {
    await stage.send('PUT', '/api/messages/fun-room/m1', { newText: 'x', messageId: 'm2', room: 'other' });
    expect(stage.callsOf('messages.edit')).toEqual([{ room: 'fun-room', messageId: 'm1', newText: 'x' }]);
  });

  it('let no caller choose the messageId of a new message, nor claim it fresh', async () => {
    const body = { text: 'x', messageId: 'mine', fresh: true, idempotencyKey: 'k', __proto__: { kind: 'y' } };
    await stage.send('POST', '/api/messages/fun-room', body);
    const [params] = stage.callsOf('messages.create');
    expect(params).toMatchObject({ room: 'fun-room', text: 'x', fresh: true });
    expect(params!.messageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(params!.idempotencyKey).toBeUndefined();
    expect(params!.kind).toBeUndefined();
  });

  it('take percent-encoded and raw path segments', async () => {
    await stage.get('/api/messages/fun-room/by-ts/2026-11-24T22%3A50%3A38.000818%2B00%3A00');
    await stage.get('/api/messages/fun-room/by-ts/2026-11-24T22:50:38.000818+00:00');
    expect(stage.callsOf('messages.byTimestamp').map(({ timestamp }) => timestamp)).toEqual([
      '2026-11-24T22:50:38.000818+00:00',
      '2026-11-24T22:50:38.000818+00:00',
    ]);
  });

  it('parse the body of a DELETE', async () => {
    expect((await stage.send('DELETE', '/api/messages/fun-room/m1', { userId: 'u' })).status).toBe(200);
    expect((await stage.send('DELETE', '/api/messages/fun-room/m1', '{')).status).toBe(422);
  });
});

describe('rooms', () => {
  it('lead to the DM service by their id, whichever path is used', async () => {
    await stage.send('POST', '/api/messages/dm%3ABob%7C%20Alice', { text: 'x' });
    await stage.send('POST', '/api/dm/DM:bob|alice/message', { text: 'x' });
    expect(stage.callsOf('dm.create').map(({ room }) => room)).toEqual(['dm:alice|bob', 'dm:alice|bob']);
    expect(stage.callsOf('messages.create')).toEqual([]);
  });

  it.each(['fun-room', 'dm:alice', 'dm:alice|alice', 'dm:a|b|c'])('refuse %s under /dm', async (id) => {
    const response = await stage.get(`/api/dm/${encodeURIComponent(id)}/page`);
    expect(response.status).toBe(422);
    expect(stage.calls).toEqual([]);
  });

  it('resolve a databaseId once, and not when it is unknown', async () => {
    const known = 'a'.repeat(24);
    const unknown = 'b'.repeat(24);
    stage.answers['groups.resolve'] = ({ databaseId }) => (databaseId === known ? 'fun-room' : null);
    for (const id of [known, known.toUpperCase(), unknown, unknown]) await stage.get(`/api/messages/${id}/page`);
    expect(stage.callsOf('messages.page').map(({ room }) => room)).toEqual(['fun-room', 'fun-room', unknown, unknown]);
    expect(stage.callsOf('groups.resolve').map(({ databaseId }) => databaseId)).toEqual([known, unknown, unknown]);
  });

  it('of the inbox come from the header: 200 at most, resolved, without DMs', async () => {
    const id = 'c'.repeat(24);
    stage.answers['groups.resolve'] = () => 'resolved';
    const many = Array.from({ length: 300 }, (_, index) => `room-${index}`);
    const header = [' a ', '', id, 'dm:a|b', 'a', ...many].join(',');
    const response = await stage.get('/api/inbox/previews?user=alice', { 'x-joined-groups': header });
    expect(response.status).toBe(200);
    const [params] = stage.callsOf('messages.inbox');
    expect(params).toMatchObject({ user: 'alice' });
    expect((params!.groups as string[]).slice(0, 3)).toEqual(['a', 'resolved', 'room-0']);
    expect((params!.groups as string[]).length).toBeLessThanOrEqual(200);
  });

  it('of recordings may be named by their databaseId', async () => {
    stage.answers['groups.resolve'] = () => 'resolved';
    await stage.get(`/api/users/alice/recordings?groupId=${'d'.repeat(24)}`);
    expect(stage.callsOf('messages.recordings')).toEqual([{ username: 'alice', groupId: 'resolved' }]);
  });
});

describe('nothing else is served', () => {
  it.each([
    '/~node/health',
    '/api/~node/list',
    '/$node/list',
    '/api/list-aliases',
    '/list-aliases',
    '/groups/list',
    '/API/groups',
    '/api//groups',
    '//api/groups',
  ])('not %s', async (path) => {
    expect((await stage.get(path)).status).toBe(404);
    expect(stage.calls).toEqual([]);
  });
});
