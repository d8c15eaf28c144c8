import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { get as rawGet } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Fault } from '#shared/errors.ts';
import { bodyOf, problem, Stage } from '#test/services/api-gateway/stage.ts';

const stage = new Stage();
beforeAll(() => stage.start());
afterAll(() => stage.stop());

/** Each test has a room of its own: what is learnt of a URL stays. */
let number = 0;
let rev = 1;
let epoch = 'e1';
let url = '';
const items = () => [{ text: `${epoch} ${rev} ${'x'.repeat(600)}` }];

beforeEach(() => {
  stage.reset();
  rev = 1;
  epoch = 'e1';
  number += 1;
  url = `/api/messages/room-${number}/latest`;
  stage.answers['messages.heads'] = ({ rooms }) => rooms.map(() => ({ epoch, rev }));
  stage.answers['messages.latest'] = () => bodyOf(items(), { rev, epoch, etag: `W/"${epoch}-${rev}"` });
});

const slowly = <T>(answer: T) => new Promise<T>((resolve) => setTimeout(() => resolve(answer), 50));

/** But when it was sent, and where it came from. */
const headersOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name !== 'date' && name !== 'server-timing'));

const bodies = () => stage.callsOf('messages.latest').length;
const heads = () => stage.callsOf('messages.heads').length;

/** The URL is learnt by the general way, the body is kept by the first hot request. */
async function warm(): Promise<void> {
  await stage.get(url);
  await stage.get(url);
  expect([bodies(), heads()]).toEqual([2, 1]);
}

describe('the newest messages', () => {
  it('are sent from memory for as long as the head stays where it is', async () => {
    await warm();
    const response = await stage.get(url, { 'x-request-id': 'mine', origin: 'http://localhost:5173' });
    expect(await response.json()).toEqual(items());
    expect(response.headers.get('server-timing')).toBe('base;desc="cache", changes;desc="0"');
    expect(response.headers.get('x-request-id')).toBe('mine');
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect([bodies(), heads()]).toEqual([2, 2]);
  });

  it('look the same by the general way and from memory', async () => {
    const first = await stage.get(url, { 'x-request-id': 'same' });
    await stage.get(url);
    const hot = await stage.get(url, { 'x-request-id': 'same' });
    expect(heads()).toBe(2);
    expect(headersOf(hot)).toEqual(headersOf(first));
    expect(await hot.text()).toBe(await first.text());
  });

  it('are asked for again when the room changed (P2)', async () => {
    await warm();
    for (rev = 2; rev < 6; rev++) expect(await (await stage.get(url)).json()).toEqual(items());
    epoch = 'e2';
    rev = 1;
    expect(await (await stage.get(url)).json()).toEqual(items());
  });

  it('are never answered by a head that was asked for before the request came (P2)', async () => {
    await warm();
    const asked: (() => void)[] = [];
    stage.answers['messages.heads'] = ({ rooms }) => {
      const answer = rooms.map(() => ({ epoch, rev }));
      return new Promise((resolve) => asked.push(() => resolve(answer)));
    };
    const until = async (count: number) => {
      while (asked.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const early = stage.get(url);
    await until(1);
    rev = 2;
    const late = stage.get(url);
    // Let the late request arrive while the early head query is under way, then answer that.
    await new Promise((resolve) => setTimeout(resolve, 50));
    asked[0]!();
    await until(2);
    asked[1]!();
    await early;
    expect(await (await late).json()).toEqual(items());
  });

  it('share one head query and one body among all who wait', async () => {
    await warm();
    rev = 2;
    stage.answers['messages.heads'] = ({ rooms }) => slowly(rooms.map(() => ({ epoch, rev })));
    stage.answers['messages.latest'] = () => slowly(bodyOf(items(), { rev }));
    const answers = await Promise.all(Array.from({ length: 100 }, () => stage.get(url)));
    for (const answer of answers) expect(await answer.json()).toEqual(items());
    expect(bodies()).toBe(3);
    expect(heads()).toBeLessThan(20);
  });

  it('take a body that is newer than the head said', async () => {
    await warm();
    stage.answers['messages.latest'] = () => bodyOf(['newer'], { rev: 9, epoch });
    rev = 2;
    expect(await (await stage.get(url)).json()).toEqual(['newer']);
    rev = 8;
    expect(await (await stage.get(url)).json()).toEqual(['newer']);
    expect(bodies()).toBe(3);
  });

  it('are 304 for who has them, without a body being made', async () => {
    await warm();
    const etag = (await stage.get(url)).headers.get('etag')!;
    for (const sent of [etag, `"x", ${etag}`, '*']) {
      const response = await stage.get(url, { 'if-none-match': sent });
      expect([response.status, await response.text()]).toEqual([304, '']);
      expect(response.headers.get('etag')).toBe(etag);
    }
    expect(bodies()).toBe(2);
    rev = 2;
    expect((await stage.get(url, { 'if-none-match': etag })).status).toBe(200);
  });

  it('are kept by encoding', async () => {
    await warm();
    stage.answers['messages.latest'] = ({ encoding }) => {
      const plain = bodyOf(items(), { rev, epoch, encoding });
      return encoding === 'br' ? { ...plain, body: brotliCompressSync(plain.body) } : plain;
    };
    const packed = await new Promise<{ encoding: unknown; body: Buffer }>((resolve, reject) => {
      rawGet(stage.url(url), { headers: { 'accept-encoding': 'gzip, br' } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }),
        );
      }).on('error', reject);
    });
    expect(packed.encoding).toBe('br');
    expect(JSON.parse(brotliDecompressSync(packed.body).toString())).toEqual(items());
    expect(await (await stage.get(url)).json()).toEqual(items());
  });

  it('of a DM are asked of the DM service by either path', async () => {
    stage.answers['dm.heads'] = ({ rooms }) => rooms.map(() => ({ epoch, rev }));
    const id = encodeURIComponent(`dm:a|b${number}`);
    for (const path of [`/api/dm/${id}/latest`, `/api/messages/${id}/latest`])
      for (let time = 0; time < 3; time++) expect((await stage.get(path)).status).toBe(200);
    expect(bodies()).toBe(0);
    expect(stage.callsOf('dm.latest').map(({ room }) => room)).toEqual(Array(3).fill(`dm:a|b${number}`));
    expect(stage.callsOf('dm.heads').length).toBe(4);
  });

  it('of a databaseId are those of its group as soon as there is one', async () => {
    const path = `/api/messages/${'0'.repeat(21)}${100 + number}/latest`;
    let slug: string | null = null;
    stage.answers['groups.resolve'] = () => slug;
    for (let time = 0; time < 2; time++) await stage.get(path);
    slug = 'found';
    for (let time = 0; time < 3; time++) await stage.get(path);
    const rooms = stage.callsOf('messages.latest').map(({ room }) => room);
    expect(rooms.slice(2)).toEqual(['found', 'found']);
    expect(stage.callsOf('messages.heads')).toEqual([{ rooms: ['found'] }, { rooms: ['found'] }]);
  });

  it.each(['count=0', 'count=501', 'count=-1', 'count=007', 'count=5&count=6'])(
    'with %s are left to the service',
    async (query) => {
      for (let time = 0; time < 2; time++) expect((await stage.get(`${url}?${query}`)).status).toBe(200);
      expect([bodies(), heads()]).toEqual([2, 0]);
    },
  );

  it.each(['count=', 'count=ten', 'count=1.5', 'count=1e3'])('with %s are refused', async (query) => {
    const response = await stage.get(`${url}?${query}`);
    expect(response.status).toBe(422);
    expect((await problem(response)).errors![0]!.field).toBe('count');
  });
});

describe('the newest messages of a service that fails', () => {
  it('are tried for again by the general way', async () => {
    await warm();
    stage.answers['messages.heads'] = () => {
      throw new Fault('database_unavailable');
    };
    expect(await (await stage.get(url)).json()).toEqual(items());
  });

  it('are a 504 within the deadline of a read', async () => {
    await warm();
    stage.answers['messages.heads'] = () => new Promise(() => {});
    stage.answers['messages.latest'] = () => new Promise(() => {});
    const response = await stage.get(url);
    expect([response.status, (await problem(response)).code]).toEqual([504, 'service_timeout']);
  });
});
