import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { onlineCounts, parseCounts } from '#services/groups/online-counts.ts';
import { startGroups } from '#test/services/groups/groups-broker.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A socket server that answers `/groups/online-counts`; its API URL. */
async function socketServer(answer: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/api/groups/online-counts') answer(request, response);
    else response.writeHead(404).end('{"wrong":1}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
}

const asking = (apiUrl: string, ttlSeconds = 60, timeoutMs = 2_000) => {
  const failures: unknown[] = [];
  const online = onlineCounts({ apiUrl, ttlSeconds, timeoutMs, onFailure: (error) => failures.push(error) });
  return { failures, get: async () => Object.fromEntries(await online.get()) };
};

describe('online counts', () => {
  it.each([
    [{ counts: { a: 1, b: 0 } }, { a: 1, b: 0 }],
    [{ a: 2 }, { a: 2 }],
    [[{ groupId: 'a', count: 3 }, { id: 'b', online: 4 }, null, 'x', {}], { a: 3, b: 4 }],
    [{ counts: { a: -1, b: 1.5, c: '2', d: null, e: 5 } }, { e: 5 }],
    [{}, {}],
  ])('are read from %j', (body, counts) => {
    expect(Object.fromEntries(parseCounts(body))).toEqual(counts);
  });

  it.each([null, 5, 'text'])('are not read from %j', (body) => {
    expect(() => parseCounts(body)).toThrow('neither an object nor a list');
  });

  it('are asked once for all who wait, and kept', async () => {
    let asked = 0;
    const apiUrl = await socketServer((_, response) => {
      asked += 1;
      setTimeout(() => response.end('{"a":1}'), 20);
    });
    const { get } = asking(apiUrl);
    expect(await Promise.all([get(), get(), get()])).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }]);
    expect(await get()).toEqual({ a: 1 });
    expect(asked).toBe(1);
  });

  it('are asked again once they are old', async () => {
    let asked = 0;
    const { get } = asking(await socketServer((_, response) => response.end(`{"a":${(asked += 1)}}`)), 0);
    expect([await get(), await get()]).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it.each<[string, RequestListener]>([
    ['an error', (_, response) => response.writeHead(500).end('{"a":1}')],
    ['no JSON', (_, response) => response.end('<html>')],
    ['an odd shape', (_, response) => response.end('"a"')],
    ['too much', (_, response) => response.end(`{"a":1,"b":"${'x'.repeat(2 * 1024 * 1024)}"}`)],
    ['nothing in time', () => undefined],
    ['half an answer in time', (_, response) => response.write('{"a":')],
    ['a closed connection', (request) => request.socket.destroy()],
  ])('are none when the answer is %s', async (_, answer) => {
    const { get, failures } = asking(await socketServer(answer), 0, 200);
    expect(await get()).toEqual({});
    expect(await get()).toEqual({});
    expect(failures).toHaveLength(1);
  });

  it('are none when nobody listens, and come back when somebody does', async () => {
    let fail = true;
    const apiUrl = await socketServer((request, response) =>
      fail ? request.socket.destroy() : response.end('{"counts":{"a":1}}'),
    );
    const { get } = asking(apiUrl, 0);
    expect(await get()).toEqual({});
    fail = false;
    expect(await get()).toEqual({ a: 1 });
  });
});

describe('groups with their online counts', () => {
  it('show them in the list, and in the metrics', async () => {
    const API_URL = await socketServer((_, response) => response.end('{"counts":{"fun":3,"elsewhere":1}}'));
    const groups = await startGroups({ API_URL });
    try {
      await groups.call('groups.create', { name: 'Fun' });
      await groups.call('groups.create', { name: 'Quiet' });
      const counts = async (includeOnline: boolean) =>
        (await groups.call('groups.list', { includeOnline })).groups.map((one) => one.onlineCount);
      expect(await counts(false)).toEqual([0, 0]);
      expect(await counts(true)).toEqual([3, 0]);
      expect(await groups.call('groups.presence', {})).toContain('truematch_group_online_users{group="fun"} 3\n');
    } finally {
      await groups.stop();
    }
  });
});
