import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { at, postTo, say, sayMany, unique } from '#test/http/support/rooms.ts';

const api = useApi();

const get = (path: string, encoding?: string) =>
  api.get(path, { headers: encoding === undefined ? {} : { 'accept-encoding': encoding } });

describe('an answer over 512 bytes', () => {
  it('is compressed as asked for, to the same bytes', async () => {
    const room = unique('large');
    await sayMany(api, room, 4);
    const paths = [
      `${at(room)}/latest`,
      `${at(room)}/latest?count=0`,
      `${at(room)}/page`,
      `${at(room)}/changes`,
      '/api/openapi.json',
      '/docs/errors',
      '/docs/assets/swagger-ui-bundle.js',
    ];
    for (const path of paths) {
      const plain = await get(path);
      expect(plain.headers).not.toHaveProperty('content-encoding');
      for (const encoding of ['br', 'gzip', 'br', 'gzip']) {
        const answer = await get(path, encoding);
        expect([path, answer.headers['content-encoding']]).toEqual([path, encoding]);
        expect(answer.text).toBe(plain.text);
        expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
        expect(answer.bytes.length).toBeLessThan(plain.bytes.length);
        expect(answer.headers.vary).toContain('Accept-Encoding');
        expect(answer.headers.etag).toBe(plain.headers.etag);
      }
    }
  });

  it('is compressed by the weights of Accept-Encoding', async () => {
    const room = unique('large');
    await sayMany(api, room, 4);
    for (const [accept, encoding] of [
      ['gzip, deflate, br', 'br'],
      ['gzip, deflate', 'gzip'],
      ['br;q=0.5, gzip;q=0.9', 'gzip'],
      ['br;q=0, gzip', 'gzip'],
      ['br;q=0, gzip;q=0', undefined],
      ['*', 'br'],
      ['*;q=0', undefined],
      ['BR', 'br'],
      ['identity', undefined],
      ['identity;q=1, br;q=0.5', undefined],
      ['identity;q=0', undefined],
      ['deflate, zstd', undefined],
      ['', undefined],
      ['br;q=nonsense', undefined],
      [',,;q=1,;', undefined],
    ] as const)
      for (const query of ['', '', '?count=0'])
        expect([accept, (await get(`${at(room)}/latest${query}`, accept)).headers['content-encoding']]).toEqual([
          accept,
          encoding,
        ]);
  });

  it('is compressed also as the answer to a write', async () => {
    const headers = { 'accept-encoding': 'br' };
    const written = await postTo(api, unique('large'), { text: 'x'.repeat(2_000) }, { headers });
    expect(written.headers['content-encoding']).toBe('br');
    expect(written.json()).toMatchObject({ text: 'x'.repeat(2_000) });
  });
});

describe('an answer below 512 bytes', () => {
  it('goes out as it is', async () => {
    const room = unique('small');
    for (const path of ['/', `${at(room)}/latest`, `${at(room)}/latest?count=0`, '/api/health/live', '/api/nothing'])
      for (const encoding of ['br', 'gzip'])
        for (const answer of [await get(path, encoding), await get(path, encoding)]) {
          expect(answer.headers).not.toHaveProperty('content-encoding');
          expect(answer.bytes.length).toBeLessThan(512);
        }
  });

  it('and one of 512 bytes are told apart', async () => {
    const room = unique('edge');
    const { messageId } = await say(api, room, { text: '' });
    const bytes = async (text: string) => {
      await api.put(`${at(room)}/${messageId}`, { newText: text });
      return (await get(`${at(room)}/latest`)).bytes.length;
    };
    // An edit brings a few fields more; after the first the size grows with the text alone, and with the edits.
    let size = 0;
    for (let length = 1; size < 512; length++) {
      size = await bytes('x'.repeat(length));
      const encoded = (await get(`${at(room)}/latest`, 'br')).headers['content-encoding'];
      expect([size, encoded]).toEqual([size, size < 512 ? undefined : 'br']);
    }
    expect(size).toBeGreaterThanOrEqual(512);
  });
});
