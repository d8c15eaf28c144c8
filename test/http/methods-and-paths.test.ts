import { beforeAll, describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { examplePath } from '#test/http/support/examples.ts';
import { undisturbed } from '#test/http/support/undisturbed.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, say, unique } from '#test/http/support/rooms.ts';

const api = useApi();

/** Every path of the API, filled in, with the methods that the description names. */
let paths: { path: string; methods: string[] }[];

beforeAll(() => {
  paths = Object.entries(api.contract.document.paths).map(([template, operations]) => ({
    path: examplePath(template, Object.values(operations)[0]!),
    methods: Object.keys(operations).map((method) => method.toUpperCase()),
  }));
});

describe('every path', () => {
  it('answers HEAD where it answers GET, with the same headers and no body', async () => {
    for (const { path, methods } of paths) {
      if (!methods.includes('GET')) continue;
      await undisturbed(async () => {
        const [get, head] = [await api.get(path), await api.head(path)];
        expect([path, head.status]).toEqual([path, get.status]);
        const told = ['content-type', 'content-length', 'etag', 'cache-control', 'vary', 'content-security-policy'];
        for (const name of told) expect([path, name, head.headers[name]]).toEqual([path, name, get.headers[name]]);
        expect(head.bytes).toHaveLength(0);
      });
    }
  });

  it('refuses other methods and names those that it takes', async () => {
    for (const { path, methods } of paths) {
      const served = new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods);
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']) {
        // A template with parameters may serve what a literal path does not name.
        if (served.has(method) || api.contract.find(method, path)) continue;
        const answer = await api.send({ method, path });
        const { detail } = expectProblem(answer, 405, 'method_not_allowed');
        expect(detail).toBe('Method Not Allowed');
        const allowed = answer.headers.allow!.split(', ');
        expect([path, allowed]).toEqual([path, expect.arrayContaining([...served])]);
        expect(allowed).not.toContain(method);
      }
    }
  });

  it('with a trailing slash is sent to the bare one, query kept', async () => {
    for (const { path } of paths) {
      if (path === '/') continue;
      const answer = await api.get(`${path}/?a=1&b=%2F`);
      expect([path, answer.status, answer.headers.location]).toEqual([path, 307, `${path}?a=1&b=%2F`]);
      expect(answer.text).toBe('');
    }
    const posted = await api.post('/api/groups/', { name: 'x' });
    expect([posted.status, posted.headers.location]).toEqual([307, '/api/groups']);
  });
});

describe('a path that nothing serves', () => {
  it.each([
    '/api',
    '/api/',
    '/nothing',
    '/api/messages',
    '/api/messages/x',
    '/api/messages//latest',
    '/api//groups',
    '//groups',
    '/API/groups',
    '/api/Groups',
    '/api/groups/a/b/c',
    '/api/dm',
    '/api/dm/dm:a|b',
    '/api/groups/online-counts/x',
    '/docs/assets/nothing.js',
    '/docs/assets/..%2Fpackage.json',
    '/docs/assets/__proto__',
    '/docs/assets/constructor',
    '/api/../api/groups',
    '/api/%2e%2e/groups',
    '/~node/list',
    '/$node/list',
    '/favicon.ico',
    '/api/groups%2Fx',
    '/api/messages/a%2Fb',
    '/.env',
  ])('is not found: %s', async (path) => {
    const answer = await api.get(path);
    expect([404, 405]).toContain(answer.status);
    const code = answer.status === 404 ? 'not_found' : 'method_not_allowed';
    expectProblem(answer, answer.status, code);
  });

  it('is a POST, PUT or DELETE that nothing serves, too', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await api.send({ method, path: '/api/nothing', body: { a: 1 } });
      expect(expectProblem(answer, 404, 'not_found').detail).toBe('Not Found');
    }
  });
});

describe('a path', () => {
  it.each(['/api/groups/%', '/api/groups/%zz', '/api/groups/%c3', '/api/groups/%ed%a0%80', '/api/groups/a%00b'])(
    'that no decoder takes is refused: %s',
    async (path) => {
      expectProblem(await api.get(path), 422, 'validation_failed', 'path');
    },
  );

  it('may have an encoded slash in a parameter only where ids have none: it names no other route', async () => {
    const room = unique('slash');
    await say(api, room);
    const answer = await api.get(`/api/messages/${room}%2Flatest`);
    expect([404, 405]).toContain(answer.status);
    expect((await api.get(`/api/messages/${room}/by-id/a%2Fb`)).status).toBe(404);
  });

  it('over 64 KiB is refused by the server before anybody reads it', async () => {
    expect(await api.raw(`GET /api/groups/${'x'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 [^]*application\/problem\+json[^]*"detail":"/,
    );
  });

  it('may be a whole URL, as for a proxy', async () => {
    const answer = await api.raw(
      'GET http://x.example/api/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toContain('{"status":"live"}');
  });
});

describe('what is no HTTP', () => {
  it.each([
    'nonsense\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /api/groups HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n',
    'POST /api/groups HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
    'GET / HTTP/1.1\r\nBad Header: x\r\n\r\n',
  ])('is told so: %j', async (text) => {
    const answer = await api.raw(text);
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    expect(answer).toContain('"detail":"');
    expect((await api.get('/api/health/live')).status).toBe(200);
  });
});

describe('a request id', () => {
  it('is taken from the caller when it is harmless, else made', async () => {
    for (const path of ['/api/health/live', `${at('ids')}/latest`, `${at('ids')}/latest`, '/api/nothing']) {
      const mine = await api.get(path, { headers: { 'x-request-id': 'my-id.1:2' } });
      expect(mine.headers['x-request-id']).toBe('my-id.1:2');
      for (const bad of ['a b', 'x'.repeat(101), '{"a":1}', ''])
        expect((await api.get(path, { headers: { 'x-request-id': bad } })).headers['x-request-id']).toMatch(
          /^[\w.:-]+$/,
        );
    }
  });
});
