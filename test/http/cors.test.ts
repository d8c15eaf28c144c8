import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, postTo, say, unique } from '#test/http/support/rooms.ts';

const api = useApi();

const ORIGIN = 'http://localhost:5173';
const STRANGERS = [
  'https://evil.example',
  'http',
  'http://localhost',
  'http://localhost:517',
  'http://localhost:51730',
  'http://localhost:5173.evil.example',
  'http://localhost:5173/',
  'HTTP://LOCALHOST:5173',
  'https://localhost:5173',
  'null',
  '*',
];

const preflight = (path: string, headers: Record<string, string>) => api.send({ method: 'OPTIONS', path, headers });

describe('a listed origin', () => {
  it('is named on every answer, errors, 304 and HEAD included', async () => {
    const room = unique('cors');
    const { messageId } = await say(api, room);
    const headers = { origin: ORIGIN };
    const { etag } = (await api.get(`${at(room)}/latest`)).headers;
    const answers = [
      await api.get(`${at(room)}/latest`, { headers }),
      await api.get(`${at(room)}/latest?count=0`, { headers }),
      await api.head(`${at(room)}/latest`, { headers }),
      await api.get(`${at(room)}/latest`, { headers: { ...headers, 'if-none-match': etag } }),
      await api.get('/', { headers }),
      await postTo(api, room, { text: 'x' }, { headers }),
      await postTo(api, room, { text: 5 }, { headers }),
      await api.put(`${at(room)}/${messageId}`, {}, { headers }),
      await api.delete(`${at(room)}/nobody`, undefined, { headers }),
      await api.post(at(room), 'x'.repeat(2 * 1024 * 1024 + 1), { headers }),
      await api.get('/api/nothing', { headers }),
      await api.send({ method: 'PATCH', path: '/api/groups', headers }),
      await api.get('/api/groups/', { headers }),
      await api.get('/api/groups/%zz', { headers }),
    ];
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 304, 200, 200, 422, 400, 404, 413, 404, 405, 307, 422]);
    for (const answer of answers) {
      expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
      expect(answer.headers['access-control-allow-credentials']).toBe('true');
      const exposed = answer.headers['access-control-expose-headers']!.split(', ');
      expect(exposed).toEqual(expect.arrayContaining(['ETag', 'X-Request-Id', 'Idempotent-Replayed', 'Retry-After']));
    }
  });

  it('may ask before with a preflight, for any method and headers', async () => {
    for (const path of ['/api/groups', at(unique('cors')), `${at('x')}/latest`, '/api/nothing'])
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await preflight(path, {
          origin: ORIGIN,
          'access-control-request-method': method,
          'access-control-request-headers': 'content-type, idempotency-key, x-other',
        });
        expect(answer).toMatchObject({ status: 200, text: 'OK' });
        expect(answer.headers).toMatchObject({
          'access-control-allow-origin': ORIGIN,
          'access-control-allow-credentials': 'true',
          'access-control-allow-headers': 'content-type, idempotency-key, x-other',
          'access-control-max-age': '600',
        });
        expect(answer.headers['access-control-allow-methods']!.split(', ')).toContain(method);
      }
  });
});

describe('an origin that is not listed', () => {
  it.each(STRANGERS)('%s is named on no answer', async (origin) => {
    const room = unique('cors');
    for (const answer of [
      await api.get(`${at(room)}/latest`, { headers: { origin } }),
      await api.get(`${at(room)}/latest`, { headers: { origin } }),
      await api.get('/api/nothing', { headers: { origin } }),
    ])
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    const asked = await preflight('/api/groups', { origin, 'access-control-request-method': 'POST' });
    expectProblem(asked, 400, 'cors_origin_refused');
    expect(asked.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('an answer that is kept for others', () => {
  it('never carries the origin of one to another', async () => {
    const room = unique('cors');
    await say(api, room);
    for (const origin of [ORIGIN, 'https://evil.example', ORIGIN, undefined, 'http://127.0.0.1:5173']) {
      const answer = await api.get(`${at(room)}/latest`, { headers: origin === undefined ? {} : { origin } });
      const allowed = origin === 'https://evil.example' ? undefined : origin;
      expect(answer.headers['access-control-allow-origin']).toBe(allowed);
    }
  });
});

describe('OPTIONS that is no preflight', () => {
  it('is a method that no path takes', async () => {
    for (const headers of [{}, { origin: ORIGIN }, { 'access-control-request-method': 'POST' }]) {
      const answer = await api.send({ method: 'OPTIONS', path: '/api/groups', headers });
      expectProblem(answer, 405, 'method_not_allowed');
      expect(answer.headers.allow).toBe('GET, HEAD, POST');
    }
  });
});
