import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Errors } from 'moleculer';
import { ERRORS, Fault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { exchange } from '#test/services/api-gateway/raw-http.ts';
import { problem, Stage } from '#test/services/api-gateway/stage.ts';

const ORIGIN = 'http://localhost:5173';
const stage = new Stage();
beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(() => stage.reset());

const silent = () => new Promise(() => {});

const room = '/api/messages/fun-room';

describe('a problem', () => {
  it('has every field of the contract, and the CORS headers', async () => {
    const response = await stage.get('/api/nothing', { origin: ORIGIN, 'x-request-id': 'my-id' });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(await problem(response)).toEqual({
      type: '/docs/errors#not_found',
      title: 'Not Found',
      status: 404,
      detail: 'Not Found',
      code: 'not_found',
      error: 'Not Found',
      requestId: 'my-id',
    });
  });

  it('of a service arrives as it is, with Retry-After where the code has it', async () => {
    stage.answers['groups.create'] = () => {
      throw new Fault('overloaded');
    };
    const response = await stage.send('POST', '/api/groups', { name: 'x' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await problem(response)).toMatchObject({ code: 'overloaded', detail: ERRORS.overloaded.detail });
  });

  it('of a bug tells nothing of the inside', async () => {
    stage.answers['groups.get'] = () => {
      throw new Error('secret connection string');
    };
    const response = await stage.get('/api/groups/x');
    expect(response.status).toBe(500);
    expect(await problem(response)).toMatchObject({ code: 'internal', detail: 'Internal error' });
  });

  it('of validation names each field and its reason', async () => {
    const response = await stage.send('POST', room, { text: 5, username: 'x'.repeat(201), replyTo: { messageId: [] } });
    expect(response.status).toBe(422);
    const { code, detail, error, errors } = await problem(response);
    expect(code).toBe('validation_failed');
    expect(error).toBe(detail);
    expect(errors!.map(({ field }) => field).sort()).toEqual(['replyTo.messageId', 'text', 'username']);
    expect(detail).toContain('text: must be a string');
  });

  it('names the field of a bad query', async () => {
    const response = await stage.get(`${room}/page?limit=ten`);
    expect(await problem(response)).toMatchObject({
      detail: 'limit: must be an integer',
      errors: [{ field: 'limit', reason: 'must be an integer' }],
    });
  });
});

describe('bodies', () => {
  it.each([
    ['broken JSON', '{"text":', 'application/json'],
    ['an array', '[]', 'application/json'],
    ['a string', '"x"', 'application/json'],
    ['null', 'null', 'application/json'],
    ['another content type', 'text=x', 'application/x-www-form-urlencoded'],
    ['plain text', '{"text":"x"}', 'text/plain'],
  ])('that are %s are 422', async (_name, body, type) => {
    const response = await stage.send('POST', room, body, { 'content-type': type });
    expect(response.status).toBe(422);
    expect(stage.calls).toEqual([]);
  });

  it('that are no UTF-8 are 422', async () => {
    const response = await fetch(stage.url(room), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    });
    expect(response.status).toBe(422);
  });

  it('that nest without end are 422, also in fields that nobody reads', async () => {
    const deep = '['.repeat(500_000) + ']'.repeat(500_000);
    const response = await stage.send('POST', room, `{"text":"x","other":${deep}}`);
    expect(response.status).toBe(422);
  });

  it.each(['application/json; charset=utf-8', 'application/merge-patch+json'])('may be %s', async (type) => {
    expect((await stage.send('POST', room, { text: 'x' }, { 'content-type': type })).status).toBe(200);
  });

  it('may be missing where nothing is required', async () => {
    expect((await fetch(stage.url(room), { method: 'POST' })).status).toBe(200);
    expect((await stage.send('POST', room, '')).status).toBe(200);
  });

  it('of exactly the limit are taken, of one byte more are 413 that names the limit', async () => {
    const frame = JSON.stringify({ other: '' }).length;
    const fits = { other: 'x'.repeat(LIMITS.jsonBodyBytes - frame) };
    expect((await stage.send('POST', room, fits)).status).toBe(200);
    const response = await stage.send('POST', room, { other: `${fits.other}x` });
    expect(response.status).toBe(413);
    expect((await problem(response)).detail).toContain('2 MiB');
  });

  it('that come in chunks past the limit are 413 as well', async () => {
    const chunk = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`;
    const head = `POST ${room} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const answer = await exchange(stage.port, head + chunk.repeat(40), /body_too_large/);
    expect(answer).toContain('413');
  });
});

describe('paths', () => {
  it('that are malformed are 422', async () => {
    for (const path of ['/api/messages/%zz/latest', '/api/messages/%c3/latest', '/api/groups/a%00b']) {
      const response = await stage.get(path);
      expect(response.status).toBe(422);
      expect((await problem(response)).errors![0]!.field).toBe('path');
    }
  });

  it('with a trailing slash are sent to the bare one, with their query', async () => {
    const response = await fetch(stage.url('/api/groups/?limit=1'), { redirect: 'manual' });
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe('/api/groups?limit=1');
  });

  it('with a trailing slash that nothing serves are 404, never a redirect to elsewhere', async () => {
    const answer = await exchange(stage.port, 'GET //evil.example/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).toContain('404');
    expect(answer).not.toContain('Location');
  });

  it('of other methods are 405 with what they take', async () => {
    const cases = [
      ['PATCH', '/api/groups', 'GET, HEAD, POST'],
      ['GET', '/api/groups/x/members', 'POST'],
      ['OPTIONS', '/api/groups/x', 'GET, HEAD, PUT, DELETE'],
      ['POST', `${room}/latest`, 'GET, HEAD'],
    ] as const;
    for (const [method, path, allow] of cases) {
      const response = await fetch(stage.url(path), { method });
      expect([method, path, response.status]).toEqual([method, path, 405]);
      expect(response.headers.get('allow')).toBe(allow);
      expect((await problem(response)).code).toBe('method_not_allowed');
    }
  });

  it('may be whole URLs, as for a proxy', async () => {
    const answer = await exchange(
      stage.port,
      'GET http://api.example/api/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toContain('{"status":"live"}');
  });

  it('that are no HTTP get a problem, too', async () => {
    expect(await exchange(stage.port, 'GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n')).toContain('400 Bad Request');
    const long = 'x'.repeat(70_000);
    expect(await exchange(stage.port, `GET / HTTP/1.1\r\nHost: x\r\nA: ${long}\r\n\r\n`)).toContain('431');
  });
});

describe('services that are away', () => {
  it('are 503 after further tries of a read', async () => {
    const service = stage.broker.getLocalService('groups')!;
    await stage.broker.destroyService(service);
    try {
      const response = await stage.get('/api/groups');
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect((await problem(response)).code).toBe('service_unavailable');
      const health = await stage.get('/api/health/db');
      expect(health.status).toBe(503);
      expect(await health.json()).toEqual({ mongo: 'disconnected', db: 'truematch' });
      expect((await stage.get('/api/health/ready')).status).toBe(503);
      expect((await stage.get('/api/health/live')).status).toBe(200);
    } finally {
      const { actions, name } = service.originalSchema;
      stage.broker.createService({ name, actions });
    }
  });

  it('for a moment are not noticed by a read', async () => {
    let tries = 0;
    stage.answers['messages.page'] = () => {
      tries += 1;
      if (tries === 1) throw new Fault('database_unavailable');
      if (tries === 2) throw new Errors.RequestRejectedError({ action: 'messages.page', nodeID: 'n' });
      return { items: [], nextBefore: null, nextAfter: null };
    };
    expect((await stage.get(`${room}/page`)).status).toBe(200);
    expect(tries).toBe(3);
  });

  it('and silent are 504 for a read, and outcome_unknown for a write that left', async () => {
    stage.answers = { 'groups.list': silent, 'groups.create': silent, 'messages.edit': silent };
    const [list, create, edit] = await Promise.all([
      stage.get('/api/groups'),
      stage.send('POST', '/api/groups', { name: 'x' }),
      stage.send('PUT', `${room}/m1`, { newText: 'x' }),
    ]);
    expect([list.status, (await problem(list)).code]).toEqual([504, 'service_timeout']);
    for (const response of [create, edit]) {
      expect([response.status, (await problem(response)).code]).toEqual([503, 'outcome_unknown']);
      expect(response.headers.get('retry-after')).toBe('1');
    }
    expect(stage.callsOf('messages.edit')).toHaveLength(1);
  });
});
