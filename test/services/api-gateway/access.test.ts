import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ROUTES } from '#services/api-gateway/routes/index.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';
import { problem, Stage } from '#test/services/api-gateway/stage.ts';

const KEY = 'socket-key-0123456789-abcdef';
const OTHER = 'mobile.key~0123456789_ABCDEF';
const SERVICE_KEYS = `socket:${KEY},mobile:${OTHER}`;

const basic = (password: string) => `Basic ${Buffer.from(`socket:${password}`).toString('base64')}`;

const CALLERS: Record<string, string | undefined> = {
  nobody: undefined,
  'who has a wrong key': `Bearer ${KEY}x`,
  'who has a bearer key': `Bearer ${KEY}`,
  'who has a Basic key': basic(KEY),
};
const LET_IN = new Set(['who has a bearer key', 'who has a Basic key']);

const stages = {
  open: new Stage({ SERVICE_KEYS }),
  strict: new Stage({ AUTH_MODE: 'strict', SERVICE_KEYS, JWT_SECRET: 's'.repeat(32) }),
};
beforeAll(() => Promise.all(Object.values(stages).map((stage) => stage.start())));
afterAll(() => Promise.all(Object.values(stages).map((stage) => stage.stop())));
beforeEach(() => {
  for (const stage of Object.values(stages)) stage.reset();
});

/** What a route is asked for: every room route also for a DM, whichever path it is under. */
interface Sample {
  method: Route['method'];
  url: string;
  body: unknown;
  isPrivate: boolean;
}

function sampleOf({ method, path, example, access }: Route, room?: string): Sample {
  const values: Record<string, string> = { ...example.path, ...(room === undefined ? {} : { room }) };
  const url = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name]!));
  const query = new URLSearchParams(
    Object.entries(example.query ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const isPrivate = access === 'service' || (access === 'room' && room !== undefined);
  return { method, url: query.size > 0 ? `${url}?${query}` : url, body: example.body ?? {}, isPrivate };
}

const SAMPLES: Sample[] = ROUTES.flatMap((route) =>
  route.path.includes(':room') ? [sampleOf(route), sampleOf(route, ' DM:Bob|alice')] : [sampleOf(route)],
);

const ask = (stage: Stage, { method, url, body }: Omit<Sample, 'isPrivate'>, authorization?: string) => {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  return method === 'GET' ? stage.get(url, headers) : stage.send(method, url, body, headers);
};

describe.each(SAMPLES.map((sample) => [`${sample.method} ${sample.url}`, sample] as const))('%s', (_name, sample) => {
  it.each(Object.entries(CALLERS))('lets %s in, in open mode', async (_who, authorization) => {
    expect((await ask(stages.open, sample, authorization)).status).toBe(200);
  });

  it.each(Object.entries(CALLERS))('looks at %s, in strict mode', async (who, authorization) => {
    const response = await ask(stages.strict, sample, authorization);
    const refused = sample.isPrivate && !LET_IN.has(who);
    expect(response.status).toBe(refused ? 401 : 200);
    const challenge = `Bearer realm="truematch"${authorization === undefined ? '' : ', error="invalid_token"'}`;
    expect(response.headers.get('www-authenticate')).toBe(refused ? challenge : null);
    const code = refused ? (await problem(response)).code : undefined;
    expect(code).toBe(refused ? 'unauthorized' : undefined);
    expect(refused ? stages.strict.calls : []).toEqual([]);
  });
});

describe('in strict mode', () => {
  const { strict } = stages;
  const DM = '/api/dm/dm:alice%7Cbob/latest';
  const DM_UNDER_MESSAGES = '/api/messages/dm:alice%7Cbob/latest';

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

  it('the hot path answers a group to everybody', async () => {
    for (let round = 0; round < 2; round++)
      expect((await strict.get('/api/messages/fun-room/latest')).status).toBe(200);
    expect(strict.callsOf('messages.heads')).toHaveLength(1);
  });

  it.each(['dm:alice', 'dm:alice|alice', 'dM:', '\tdm:a|b'])(
    'nobody without a key is told whether %j is a DM',
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
  it('names the key where one is needed, and 401 with it', async () => {
    const document = (await (await stages.strict.get('/api/openapi.json')).json()) as {
      paths: Record<string, Record<string, { security?: object[]; responses: Record<string, unknown> }>>;
      components: { securitySchemes: Record<string, unknown> };
    };
    const keys = [{ serviceKey: [] }, { serviceKeyAsPassword: [] }];
    expect(Object.keys(document.components.securitySchemes)).toEqual(['serviceKey', 'serviceKeyAsPassword']);
    const byAccess = { public: undefined, service: keys, room: [{}, ...keys] };
    for (const { method, path, access } of ROUTES) {
      const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]![method.toLowerCase()]!;
      expect(operation.security).toEqual(byAccess[access]);
      expect('401' in operation.responses).toBe(access !== 'public');
    }
  });
});
