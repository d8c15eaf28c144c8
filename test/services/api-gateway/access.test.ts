import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SignJWT } from 'jose';
import { Tokens } from '#shared/tokens.ts';
import { ROUTES } from '#services/api-gateway/routes/index.ts';
import { message } from '#services/api-gateway/routes/examples.ts';
import { problem, Stage } from '#test/services/api-gateway/stage.ts';

const KEY = 'socket-key-0123456789-abcdef';
const OTHER = 'mobile.key~0123456789_ABCDEF';
const ADMIN = 'admin-token-0123456789-abcdef';
const SECRET = 's'.repeat(32);
const OLD_SECRET = 'o'.repeat(32);
const ENV = {
  SERVICE_KEYS: `socket:${KEY},mobile:${OTHER}`,
  JWT_SECRET: `${SECRET},${OLD_SECRET}`,
  ADMIN_TOKEN: ADMIN,
};

const basic = (password: string) => `Basic ${Buffer.from(`socket:${password}`).toString('base64')}`;

const signer = (secret: string) => new Tokens(() => Promise.resolve([secret]));
const bearerOf = async (username: string, secret = SECRET) =>
  `Bearer ${await signer(secret).sign({ userId: `u_${username}`, username }, 60)}`;

/** A message with another author, as the look-up answers it. */
const by = (author: object) => () => ({ ...message, ...author });

const stages = { open: new Stage(ENV), strict: new Stage({ AUTH_MODE: 'strict', ...ENV }) };
let [alice, bob, carol] = ['', '', ''];
beforeAll(async () => {
  [alice, bob, carol] = (await Promise.all(['alice', 'bob', 'carol'].map((name) => bearerOf(name)))) as [
    string,
    string,
    string,
  ];
  await Promise.all(Object.values(stages).map((stage) => stage.start()));
});
afterAll(() => Promise.all(Object.values(stages).map((stage) => stage.stop())));
beforeEach(() => {
  for (const stage of Object.values(stages)) {
    stage.reset();
    stage.answers['profiles.names'] = () => [];
  }
});

describe.each(Object.entries(stages))('in %s mode', (_mode, stage) => {
  const GROUP = '/api/messages/fun-room';
  const ask = (authorization: string) => stage.get('/api/groups', { authorization });

  it('a token of each secret is one, and a key and the administrator’s token are no tokens of users', async () => {
    for (const token of [alice, await bearerOf('alice', OLD_SECRET), `Bearer ${KEY}`, basic(KEY), `Bearer ${ADMIN}`])
      expect((await ask(token)).status).toBe(200);
  });

  it('a bearer token that is none is refused everywhere, with a challenge', async () => {
    const expired = await signer(SECRET).sign({ userId: 'u_1', username: 'a' }, -1);
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${alice.split('.')[1]}.`;
    const nameless = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('u_1')
      .setExpirationTime('1m')
      .sign(Buffer.from(SECRET));
    const tokens = [
      await bearerOf('alice', 'f'.repeat(32)),
      `Bearer ${expired}`,
      `Bearer ${none}`,
      `${alice}x`,
      `Bearer ${nameless}`,
      `Bearer ${KEY}x`,
      'Bearer',
      'bearer a b',
    ];
    for (const token of tokens) {
      const response = await ask(token);
      expect([token, response.status]).toEqual([token, 401]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="truematch", error="invalid_token"');
      expect((await problem(response)).code).toBe('token_invalid');
    }
    expect(stage.calls).toEqual([]);
  });

  it('a user is who acts: where nobody is named, in any case, and after a rename', async () => {
    const send = (body: object) => stage.send('POST', GROUP, body, { authorization: alice });
    stage.answers['profiles.names'] = ({ userId }) => (userId === 'u_alice' ? ['alice', 'alicia'] : []);
    for (const body of [
      { text: 'x' },
      { text: 'x', username: ' ALICE' },
      { text: 'x', userId: 'u_alice', username: 'Alicia' },
    ])
      expect((await send(body)).status).toBe(200);
    expect(stage.callsOf('messages.create')).toMatchObject([
      { userId: 'u_alice', username: 'alice' },
      { userId: 'u_alice', username: ' ALICE' },
      { userId: 'u_alice', username: 'Alicia' },
    ]);
  });

  it.each<[string, string, string, object | undefined]>([
    ['a message as another userId', 'POST', GROUP, { text: 'x', userId: 'u_bob' }],
    ['a message as another name', 'POST', GROUP, { text: 'x', userId: 'u_alice', username: 'bob' }],
    ['a message as no text', 'POST', GROUP, { text: 'x', username: { toString: 'alice' } }],
    ['a reaction as another', 'POST', `${GROUP}/m1/reactions`, { emoji: 'x', user: { userId: 'u_bob' } }],
    [
      'a reaction under another name',
      'POST',
      `${GROUP}/m1/reactions`,
      { emoji: 'x', user: { userId: 'u_alice', username: 'bob' } },
    ],
    ['the colour of another', 'POST', `${GROUP}/user-bubble-color`, { username: 'bob', color: 'red' }],
    ['a member of another name', 'POST', '/api/groups/fun-room/members', { username: 'bob' }],
    ['the membership of another', 'DELETE', '/api/groups/fun-room/members/bob', {}],
    ['the threads of another', 'GET', '/api/dm/threads?user=bob', undefined],
    ['the previews of another', 'GET', '/api/inbox/previews?user=bob', undefined],
  ])('a user’s token is refused for %s', async (_what, method, path, body) => {
    const headers = { authorization: alice };
    const response = body ? await stage.send(method, path, body, headers) : await stage.get(path, headers);
    expect(response.status).toBe(403);
    expect((await problem(response)).code).toBe('forbidden');
    expect(stage.calls.filter(({ action }) => action !== 'profiles.names')).toEqual([]);
  });

  it('only its author changes a message, and a service changes every one', async () => {
    const change = (authorization: string) => stage.send('PUT', `${GROUP}/m1`, { newText: 'y' }, { authorization });
    stage.answers['messages.byId'] = by({ userId: 'u_alice', username: 'bob' });
    expect([await change(alice), await change(bob), await change(basic(KEY))].map(({ status }) => status)).toEqual([
      200, 403, 200,
    ]);
    stage.answers['messages.byId'] = by({ userId: null, username: 'Bob' });
    expect([await change(alice), await change(bob)].map(({ status }) => status)).toEqual([403, 200]);
    stage.answers['messages.byId'] = by({ userId: null, username: null });
    expect((await change(bob)).status).toBe(403);
  });

  it('a service acts for the user that the body names', async () => {
    const body = { text: 'x', userId: 'u_bob', username: 'bob' };
    expect((await stage.send('POST', GROUP, body, { authorization: basic(KEY) })).status).toBe(200);
    expect(stage.callsOf('messages.create')).toMatchObject([body]);
  });

  it('who is not in a DM is told that there is nothing, by the hot path too', async () => {
    for (const path of ['/api/dm/dm:alice%7Cbob', '/api/messages/%20DM:Bob%7CAlice']) {
      const [first] = [
        await stage.get(`${path}/latest`, { authorization: alice }),
        await stage.get(`${path}/latest`, { authorization: bob }),
      ];
      expect(first.status).toBe(200);
      const etag = first.headers.get('etag')!;
      const headers = { authorization: carol, 'if-none-match': etag };
      for (const what of ['latest', 'page', 'changes?since=0', 'around/m1', 'by-id/m1', 'by-ts/now']) {
        const response = await stage.get(`${path}/${what}`, headers);
        expect([what, response.status]).toEqual([what, 404]);
        expect((await problem(response)).code).toBe('room_not_found');
      }
      expect((await stage.get(`${path}/latest`, { ...headers, authorization: alice })).status).toBe(304);
      expect(
        (
          await stage.send(
            'POST',
            path.startsWith('/api/dm') ? `${path}/message` : path,
            { text: 'x' },
            { authorization: carol },
          )
        ).status,
      ).toBe(404);
    }
    expect(
      stage.calls.filter(({ action }) => action.startsWith('dm.')).every(({ action }) => /latest|heads/.test(action)),
    ).toBe(true);
  });

  it('a DM under an older name of the user is his', async () => {
    stage.answers['profiles.names'] = ({ userId }) => (userId === 'u_dora' ? ['dora', 'dorothy'] : []);
    const authorization = await bearerOf('dora');
    expect((await stage.get('/api/dm/dm:dorothy%7Cbob/latest', { authorization })).status).toBe(200);
    expect((await stage.get('/api/dm/dm:eve%7Cbob/latest', { authorization })).status).toBe(404);
  });
});

describe('in strict mode', () => {
  const { strict } = stages;
  const DM = '/api/dm/dm:alice%7Ceve/latest';
  const DM_UNDER_MESSAGES = '/api/messages/dm:alice%7Ceve/latest';

  it.each([DM, DM_UNDER_MESSAGES])('the hot path answers %s to nobody without a key', async (url) => {
    // The first learns the URL, the second is answered by the hot path.
    for (let round = 0; round < 2; round++)
      expect((await strict.get(url, { authorization: basic(OTHER) })).status).toBe(200);
    expect(strict.callsOf('dm.heads')).toHaveLength(1);
    for (const headers of [{}, { authorization: 'Bearer x' }, { 'if-none-match': 'W/"v1"' }])
      expect((await strict.get(url, headers as Record<string, string>)).status).toBe(401);
    const head = await fetch(strict.url(url), { method: 'HEAD' });
    expect(head.status).toBe(401);
    expect(await head.text()).toBe('');
  });

  it('the hot path answers a DM to a user who is in it', async () => {
    const url = '/api/dm/dm:alice%7Cfrank/latest';
    for (let round = 0; round < 2; round++) expect((await strict.get(url, { authorization: alice })).status).toBe(200);
    expect(strict.callsOf('dm.heads')).toHaveLength(1);
  });

  it('the hot path answers a group to everybody', async () => {
    for (let round = 0; round < 2; round++)
      expect((await strict.get('/api/messages/fun-room/latest')).status).toBe(200);
    expect(strict.callsOf('messages.heads')).toHaveLength(1);
  });

  it.each(['dm:alice', 'dm:alice|alice', 'dM:', '\tdm:a|b'])(
    'nobody without credentials is told whether %j is a DM',
    async (id) => {
      expect((await strict.get(`/api/messages/${encodeURIComponent(id)}/page`)).status).toBe(401);
    },
  );

  it.each([
    ['of another scheme', `Digest ${KEY}`],
    ['without a scheme', KEY],
    ['as the user name of Basic', `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`],
    ['in Basic without a colon', `Basic ${Buffer.from(KEY).toString('base64')}`],
    ['with more behind it', `Bearer ${KEY} x`],
    ['in part', `Bearer ${KEY.slice(0, -1)}`],
    ['empty', 'Bearer '],
    ['empty in Basic', basic('')],
    ['the name of one', 'Bearer socket'],
    ['the whole entry', `Bearer socket:${KEY}`],
  ])('a key %s is none', async (_what, authorization) => {
    expect((await strict.send('POST', '/api/groups', { name: 'x' }, { authorization })).status).toBe(401);
  });

  it('each of several keys is one, and schemes are in any case', async () => {
    for (const authorization of [`bearer ${OTHER}`, `BASIC ${basic(KEY).slice(6)}`, `Bearer  ${KEY}`])
      expect((await strict.send('POST', '/api/groups', { name: 'x' }, { authorization })).status).toBe(200);
  });

  it('a body is not looked at before the key, and a page may read why', async () => {
    const origin = 'http://localhost:5173';
    const response = await strict.send('POST', '/api/groups', '{', { origin });
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    const refusal = await problem(response);
    expect(refusal).toMatchObject({ status: 401, code: 'unauthorized', error: refusal.detail });
  });
});

describe('the log', () => {
  it.each(['open', 'strict'] as const)('names the key of a request and does not show it, in %s mode', async (mode) => {
    const stage = stages[mode];
    const error = jest.spyOn(stage.gateway.logger, 'error');
    stage.answers['groups.list'] = () => {
      throw new Error('a bug');
    };
    expect((await stage.get('/api/groups', { authorization: basic(OTHER) })).status).toBe(500);
    const [, fields] = error.mock.lastCall!;
    expect(fields).toMatchObject({ service: 'mobile' });
    expect(JSON.stringify(error.mock.calls)).not.toContain(OTHER);
  });
});

describe('the description', () => {
  it('names what is needed where something is, and 401 and 429', async () => {
    const document = (await (await stages.strict.get('/api/openapi.json')).json()) as {
      paths: Record<string, Record<string, { security?: object[]; responses: Record<string, unknown> }>>;
      components: { securitySchemes: Record<string, unknown> };
    };
    const keys = [{ serviceKey: [] }, { serviceKeyAsPassword: [] }];
    const known = [{ userToken: [] }, ...keys, { adminToken: [] }];
    expect(Object.keys(document.components.securitySchemes)).toEqual([
      'userToken',
      'serviceKey',
      'serviceKeyAsPassword',
      'adminToken',
    ]);
    const byAccess = {
      public: undefined,
      user: known,
      owner: known,
      participant: known,
      service: [...keys, { adminToken: [] }],
      admin: [{ adminToken: [] }],
    };
    for (const { method, path, access } of ROUTES) {
      const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]![method.toLowerCase()]!;
      const choices = byAccess[access];
      const everybody = access === 'participant' && method === 'GET' ? [{}] : [];
      expect(operation.security).toEqual(choices && [...everybody, ...choices]);
      expect('401' in operation.responses).toBe(true);
      expect('429' in operation.responses).toBe(true);
    }
  });
});
