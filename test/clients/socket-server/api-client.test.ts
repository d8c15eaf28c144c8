import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiClient, TIMES } from '#test/clients/socket-server/api-client.ts';

/** Short forms of the field's times, in ms. */
const SHORT = { read: 100, write: 100, cooldown: 300 };

type Step = (req: IncomingMessage, res: ServerResponse) => void;
const answer =
  (status: number, body = '{"ok":true}'): Step =>
  (_req, res) =>
    res.writeHead(status).end(body);
const silence: Step = () => undefined;
const reset: Step = (req) => req.socket.destroy();

describe('the stand-in for the socket server, towards the API', () => {
  let server: Server;
  let client: ApiClient;
  let steps: Step[];
  let requests: string[];

  /** What the API does with the next requests, one after the other; the last goes on. */
  const script = (...next: Step[]) => (steps = next);

  beforeEach(async () => {
    requests = [];
    server = createServer((req, res) => {
      requests.push(`${req.method} ${req.url}`);
      const step = steps.length > 1 ? steps.shift()! : steps[0]!;
      step(req, res);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    client = new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api`, SHORT);
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const read = () => client.read<unknown>('/groups/a', null);
  const write = () => client.write<unknown>('POST', '/messages/a', { text: 'hi' }, null);

  it('has the times of the field', () => {
    expect(TIMES).toEqual({ read: 6_000, write: 12_000, cooldown: 15_000 });
  });

  it('reads twice more after a time-out, then does without', async () => {
    script(silence, silence, answer(200));
    expect(await read()).toEqual({ ok: true });
    script(silence);
    expect(await read()).toBeNull();
    expect(requests).toHaveLength(6);
  });

  it.each([
    ['a 404', answer(404)],
    ['a 503', answer(503)],
    ['no answer', reset],
  ])('reads only once after %s', async (_name, step) => {
    script(step);
    expect(await read()).toBeNull();
    expect(requests).toEqual(['GET /api/groups/a']);
  });

  it.each([
    ['a 500', answer(500)],
    ['a time-out', silence],
    ['no answer', reset],
  ])('writes once more after %s', async (_name, step) => {
    script(step, answer(200));
    expect(await write()).toEqual({ ok: true });
    expect(requests).toHaveLength(2);
  });

  it('does not repeat a write that is refused, nor count it', async () => {
    script(answer(422));
    for (let n = 0; n < 5; n++) expect(await write()).toBeNull();
    expect(requests).toHaveLength(5);
    expect(client.breaker.opened).toBe(0);
  });

  it('writes nothing for a while after three writes that failed, and reads on', async () => {
    script(answer(503));
    for (let n = 0; n < 3; n++) await write();
    expect(requests).toHaveLength(6);
    expect(client.breaker.opened).toBe(1);
    script(answer(200));
    expect(await write()).toBeNull();
    expect(await read()).toEqual({ ok: true });
    expect(requests).toHaveLength(7);
    while (client.breaker.open) await sleep(10);
    expect(await write()).toEqual({ ok: true });
  });

  it('counts only failures in a row', async () => {
    for (let n = 0; n < 4; n++) {
      script(answer(500));
      await write();
      await write();
      script(answer(200));
      await write();
    }
    expect(client.breaker.opened).toBe(0);
  });
});
