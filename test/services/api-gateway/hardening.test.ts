import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONTRACTS } from '#services/contracts.ts';
import { RouteTable } from '#services/api-gateway/route-table.ts';
import { ROUTES } from '#services/api-gateway/routes/index.ts';
import { problem, Stage } from '#test/services/api-gateway/stage.ts';

const stage = new Stage();
beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(() => stage.reset());

/** What helmet sets when nothing is said. */
function helmetHeaders(): Map<string, string> {
  const headers = new Map<string, string>();
  const res = { setHeader: (name: string, value: string) => headers.set(name.toLowerCase(), value), removeHeader() {} };
  helmet()({} as IncomingMessage, res as unknown as ServerResponse, () => undefined);
  return headers;
}

/** Ours, with the reason beside them in headers.ts. */
const OWN = new Set(['content-security-policy', 'cross-origin-resource-policy', 'x-frame-options']);

describe('every answer', () => {
  const requests: [string, () => Promise<Response>][] = [
    ['a read', () => stage.get('/api/groups')],
    ['a repeated latest window, from the hot path', () => stage.get('/api/messages/fun-room/latest')],
    ['the same, not modified', () => stage.get('/api/messages/fun-room/latest', { 'if-none-match': '*' })],
    ['a write', () => stage.send('POST', '/api/groups', { name: 'x' })],
    ['a refused body', () => stage.send('POST', '/api/groups', '{')],
    ['a path that is not there', () => stage.get('/api/nothing')],
    ['a wrong method', () => stage.send('POST', '/api/health/live', {})],
    [
      'a preflight',
      () =>
        stage.send('OPTIONS', '/api/groups', '', {
          origin: 'http://localhost:5173',
          'access-control-request-method': 'PUT',
        }),
    ],
    ['the page of the documentation', () => stage.get('/docs')],
    ['a redirect', () => fetch(stage.url('/api/groups/'), { redirect: 'manual' })],
  ];

  it.each(requests)('has the headers of helmet: %s', async (_what, ask) => {
    await ask();
    const { headers } = await ask();
    const own = new Map([...OWN].map((name) => [name, headers.get(name) ?? 'missing']));
    const expected = new Map([...helmetHeaders(), ...own]);
    expect(new Map([...expected.keys()].map((name) => [name, headers.get(name)]))).toEqual(expected);
    // Two policies would both hold.
    expect(headers.get('content-security-policy')!.match(/default-src/g)).toHaveLength(1);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('may be read by a listed page, whatever it is, and by no other', async () => {
    stage.answers['groups.list'] = () => {
      throw new Error('a bug');
    };
    const asked: [number, string, string][] = [
      [500, 'GET', '/api/groups'],
      [404, 'GET', '/api/x'],
      [405, 'PUT', '/api/groups'],
      [422, 'POST', '/api/groups'],
    ];
    for (const [status, method, path] of asked)
      for (const origin of ['http://localhost:5173', 'http://localhost:51730']) {
        const response =
          method === 'GET' ? await stage.get(path, { origin }) : await stage.send(method, path, '{', { origin });
        expect([path, response.status]).toEqual([path, status]);
        const listed = origin.endsWith(':5173');
        expect(response.headers.get('access-control-allow-origin')).toBe(listed ? origin : null);
      }
  });

  it('says of a bug nothing but that there is one', async () => {
    stage.answers['groups.list'] = () => {
      throw new Error('SECRET at /srv/app/groups.ts:1:2');
    };
    const response = await stage.get('/api/groups');
    const text = await response.clone().text();
    expect(text).not.toMatch(/SECRET|\.ts|\bat /);
    expect(await problem(response)).toMatchObject({ status: 500, code: 'internal', detail: 'Internal error' });
  });
});

describe('what is not a route', () => {
  const INTERNAL = [
    '/~node/list',
    '/api/~node/list',
    '/~node/actions',
    '/$node/list',
    '/api/$node/services',
    '/api/%24node/list',
    '/api/api-gateway/listAliases',
    '/api/api-gateway/rest',
    '/list-aliases',
    '/api/list-aliases',
    '/api/.env',
    '/metrics',
    '/api/metrics',
    '/health/live',
    '/api/profiles.tokenSecrets',
    '/__proto__',
    '/api/constructor',
    '/docs/assets/..%2F..%2Fpackage.json',
  ];

  it.each(INTERNAL)('is not there: %s', async (path) => {
    for (const response of [await stage.get(path), await stage.send('POST', path, {})])
      expect([404, 405]).toContain(response.status);
    expect(stage.calls).toEqual([]);
  });

  it('is no action either, under any name that it could have', async () => {
    const routes = new RouteTable(ROUTES);
    for (const [service, contract] of Object.entries(CONTRACTS))
      for (const action of Object.keys(contract))
        for (const path of [`/${service}/${action}`, `/api/${service}.${action}`, `/api/${service}/${action}/x/y/z`]) {
          if (routes.methodsOf(path).length > 0) continue;
          expect([path, (await stage.get(path)).status]).toEqual([path, 404]);
        }
    expect(stage.calls).toEqual([]);
  });

  it('gives no internal action to a route', () => {
    const internal = new Set([
      'deleteRoom',
      'inspect',
      'resolve',
      'previews',
      'tokenSecrets',
      'names',
      'ensureIndexes',
    ]);
    expect(ROUTES.filter(({ action }) => internal.has(action?.split('.')[1] ?? ''))).toEqual([]);
  });
});
