import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { get as rawGet, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { problem, Stage } from '#test/services/api-gateway/stage.ts';

const LISTED = 'https://app.example.com';
const stage = new Stage({ CORS_ORIGINS: `${LISTED},http://localhost:5173` });
beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(() => stage.reset());

/** Without fetch, which undoes the compression. */
function raw(path: string, headers: Record<string, string>) {
  return new Promise<{ headers: IncomingHttpHeaders; body: Buffer; status: number }>((resolve, reject) => {
    rawGet(stage.url(path), { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ headers: response.headers, body: Buffer.concat(chunks), status: response.statusCode! }),
      );
    }).on('error', reject);
  });
}

const preflight = (origin: string, headers: Record<string, string> = {}) =>
  fetch(stage.url('/api/messages/x'), {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', ...headers },
  });

describe('CORS', () => {
  it('lets a listed origin in, exactly', async () => {
    const response = await stage.get('/api/groups', { origin: LISTED });
    expect(response.headers.get('access-control-allow-origin')).toBe(LISTED);
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    expect(response.headers.get('access-control-expose-headers')).toContain('ETag');
    expect(response.headers.get('vary')).toContain('Origin');
  });

  it.each([
    'https://app.example.co',
    'https://app.example.com.evil.net',
    'https://app.example.com:8443',
    'http://app.example.com',
    'https',
    'null',
    '*',
    'HTTPS://APP.EXAMPLE.COM',
  ])('does not let %s in', async (origin) => {
    const response = await stage.get('/api/groups', { origin });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('vary')).toContain('Origin');
    const refused = await preflight(origin);
    expect(refused.status).toBe(400);
    expect((await problem(refused)).code).toBe('cors_origin_refused');
  });

  it('answers a preflight for any method and the requested headers', async () => {
    const response = await preflight(LISTED, { 'access-control-request-headers': 'content-type,idempotency-key' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('OK');
    expect(response.headers.get('access-control-allow-methods')).toContain('DELETE');
    expect(response.headers.get('access-control-allow-headers')).toBe('content-type,idempotency-key');
    expect(response.headers.get('access-control-max-age')).toBe('600');
    expect(response.headers.get('access-control-allow-origin')).toBe(LISTED);
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
  });
});

describe('request ids', () => {
  it('are echoed when harmless, else made', async () => {
    expect((await stage.get('/', { 'x-request-id': 'a.b:c-1' })).headers.get('x-request-id')).toBe('a.b:c-1');
    for (const bad of ['with space', 'x'.repeat(101), '<b>']) {
      const id = (await stage.get('/', { 'x-request-id': bad })).headers.get('x-request-id');
      expect(id).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
    }
  });

  it('travel to the services', async () => {
    let travelled: unknown;
    stage.answers['groups.list'] = (_params, ctx) => {
      travelled = ctx.requestID;
      return { groups: [], total: 0, hasMore: false };
    };
    await stage.get('/api/groups', { 'x-request-id': 'traced', 'x-correlation-id': 'other' });
    expect(travelled).toBe('traced');
  });
});

describe('compression', () => {
  const groups = Array.from({ length: 30 }, (_, index) => ({ id: `group-${index}` }));
  beforeEach(() => {
    stage.answers['groups.list'] = () => ({ groups, total: 30, hasMore: false });
  });

  it.each([
    ['br', 'br'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['*', 'br'],
    ['deflate', undefined],
    ['identity, gzip;q=0.2', undefined],
    ['gzip;q=0', undefined],
    ['', undefined],
  ])('for %j is %s', async (accepted, encoding) => {
    const { headers, body } = await raw('/api/groups', { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toContain('Accept-Encoding');
    expect(Number(headers['content-length'])).toBe(body.length);
    const plain = encoding === 'br' ? brotliDecompressSync(body) : encoding === 'gzip' ? gunzipSync(body) : body;
    expect(JSON.parse(plain.toString())).toEqual({ groups, total: 30, hasMore: false });
  });

  it('leaves small bodies alone', async () => {
    expect((await raw('/', { 'accept-encoding': 'br' })).headers['content-encoding']).toBeUndefined();
  });
});

describe('conditional requests', () => {
  it('have a weak ETag that stands for the body, and answer 304 without one', async () => {
    const first = await stage.get('/api/groups');
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^W\/"/);
    expect(first.headers.get('cache-control')).toBe('no-cache');
    for (const sent of [etag, `"other", ${etag}`, '*', etag.slice(2)]) {
      const again = await stage.get('/api/groups', { 'if-none-match': sent, origin: LISTED });
      expect([sent, again.status, await again.text()]).toEqual([sent, 304, '']);
      expect(again.headers.get('etag')).toBe(etag);
      expect(again.headers.get('access-control-allow-origin')).toBe(LISTED);
    }
    expect((await stage.get('/api/groups', { 'if-none-match': '"other"' })).status).toBe(200);
    stage.answers['groups.list'] = () => ({ groups: [], total: 0, hasMore: false });
    expect((await stage.get('/api/groups', { 'if-none-match': etag })).status).toBe(200);
  });

  it('are the same in every encoding', async () => {
    const plain = await raw('/docs/errors', {});
    const packed = await raw('/docs/errors', { 'accept-encoding': 'br' });
    expect(packed.headers.etag).toBe(plain.headers.etag);
  });

  it('do not touch errors and writes', async () => {
    expect((await stage.get('/api/nothing', { 'if-none-match': '*' })).status).toBe(404);
    const write = await stage.send('POST', '/api/groups', { name: 'x' }, { 'if-none-match': '*' });
    expect(write.status).toBe(200);
    expect(write.headers.get('etag')).toBeNull();
  });
});

const OF_THE_CONNECTION = new Set(['date', 'connection', 'keep-alive']);

const headersOf = ({ headers }: Response) => [...headers].filter(([name]) => !OF_THE_CONNECTION.has(name));

describe('HEAD', () => {
  it.each(['/', '/api/groups', '/api/messages/fun-room/latest?count=100', '/api/nothing', '/docs'])(
    'of %s has what GET has, without the body',
    async (path) => {
      const headers = { 'accept-encoding': 'identity', 'x-request-id': 'same' };
      const get = await fetch(stage.url(path), { headers });
      const head = await fetch(stage.url(path), { headers, method: 'HEAD' });
      expect(head.status).toBe(get.status);
      expect(await head.text()).toBe('');
      expect(headersOf(head)).toEqual(headersOf(get));
    },
  );
});

it('serves the presence metrics as text', async () => {
  const response = await stage.get('/api/metrics/presence');
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await response.text()).toMatch(/^# TYPE/);
});
