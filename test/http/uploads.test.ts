import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { say, unique } from '#test/http/support/rooms.ts';
import { formOf, pathOf, PIXEL, upload, type Uploaded } from '#test/http/support/uploads.ts';
import { photo, RECORDINGS } from '#test/services/media/support/files.ts';

const api = useApi();

const dataUrlOf = (bytes: Buffer): string => `data:image/png;base64,${bytes.toString('base64')}`;

describe('an upload', () => {
  it('answers a whole URL, and what a message wants to know of a picture', async () => {
    const answer = await upload(api, 'chat-media', { bytes: await photo('jpeg'), type: 'image/jpeg' });
    const uploaded = answer.json<Uploaded>();
    expect(uploaded).toMatchObject({ type: 'image/jpeg', width: 40, height: 60 });
    for (const url of [uploaded.url, uploaded.thumbnail!]) {
      expect(new URL(url).origin).toBe(api.base);
      expect((await api.get(pathOf(url))).status).toBe(200);
    }
  });

  it('takes a hundred at once, of every kind, and mixes none up', async () => {
    const pictures = await Promise.all([20, 30, 40, 50, 60].map((width) => photo('png', width, 20)));
    const recordings = Object.entries(RECORDINGS);
    const one = async (n: number) => {
      const [type, bytes] = recordings[n % recordings.length]!;
      const picture = pictures[n % pictures.length]!;
      if (n % 3 === 0) return upload(api, 'chat-media', { bytes, type });
      return n % 3 === 1
        ? upload(api, 'dating-photo', { bytes: picture })
        : upload(api, 'avatar', { bytes: Buffer.from(`no picture ${n}`) });
    };
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => one(n)));
    const told = answers.map((answer) => {
      const { type, height } = answer.json<Uploaded>();
      return answer.status === 200 ? (height ?? type) : answer.status;
    });
    const expected = Array.from({ length: 100 }, (_, n) => {
      if (n % 3 === 0) return recordings[n % recordings.length]![0].split(';')[0];
      return n % 3 === 1 ? 20 + 10 * (n % 5) : 415;
    });
    expect(told).toEqual(expected);
  });

  it('without a form is refused as every other body of a wrong type', async () => {
    expectProblem(await api.post('/api/uploads/avatar', { a: 1 }), 422, 'validation_failed');
    expectProblem(await api.post('/api/uploads/avatar'), 422, 'validation_failed');
  });

  it('that is refused before its end leaves the connection in order', async () => {
    const { body, headers } = formOf({ field: 'avatar', bytes: Buffer.alloc(20 * 1024 * 1024) });
    const answer = await api.send({ method: 'POST', path: '/api/uploads/avatar', body, headers });
    expectProblem(answer, 413, 'upload_too_large');
    expect((await upload(api, 'avatar', { bytes: PIXEL })).status).toBe(200);
  });
});

describe('a file', () => {
  it('is served for ever, by its type alone, in whole and in parts', async () => {
    const bytes = RECORDINGS['video/mp4']!;
    const { url } = (await upload(api, 'chat-media', { bytes, type: 'video/mp4' })).json<Uploaded>();
    const path = pathOf(url);
    const whole = await api.get(path);
    expect(whole.bytes).toEqual(bytes);
    const { etag, ...headers } = whole.headers;
    expect(headers).toMatchObject({
      'content-type': 'video/mp4',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-disposition': expect.stringMatching(/^inline/),
      'accept-ranges': 'bytes',
    });
    const size = bytes.length;
    const parts: [string, number, string | undefined, Buffer][] = [
      ['bytes=0-9', 206, `bytes 0-9/${size}`, bytes.subarray(0, 10)],
      ['bytes=10-', 206, `bytes 10-${size - 1}/${size}`, bytes.subarray(10)],
      ['bytes=-5', 206, `bytes ${size - 5}-${size - 1}/${size}`, bytes.subarray(-5)],
      [`bytes=${size - 1}-999999`, 206, `bytes ${size - 1}-${size - 1}/${size}`, bytes.subarray(-1)],
      ['bytes=0-1,3-4', 200, undefined, bytes],
      ['lines=1-2', 200, undefined, bytes],
    ];
    for (const [range, status, contentRange, expected] of parts) {
      const part = await api.get(path, { headers: { range } });
      expect([range, part.status, part.headers['content-range']]).toEqual([range, status, contentRange]);
      expect(part.bytes).toEqual(expected);
    }
    const beyond = await api.get(path, { headers: { range: `bytes=${size}-` } });
    expectProblem(beyond, 416, 'range_not_satisfiable');
    expect(beyond.headers['content-range']).toBe(`bytes */${size}`);
    expect((await api.get(path, { headers: { range: 'bytes=0-9', 'if-range': '"other"' } })).status).toBe(200);
    expect((await api.get(path, { headers: { range: 'bytes=0-9', 'if-range': etag } })).status).toBe(206);
    expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect(Number((await api.head(path)).headers['content-length'])).toBe(size);
  });

  it('that browsers cannot show is offered to be saved', async () => {
    const file = { bytes: RECORDINGS['video/quicktime']!, type: 'video/quicktime' };
    const { url } = (await upload(api, 'chat-media', file)).json<Uploaded>();
    expect((await api.get(pathOf(url))).headers['content-disposition']).toMatch(/^attachment/);
  });

  it.each(['../../../etc/passwd', '..%2f..%2fetc%2fpasswd', '.store-id', 'x.png', `${'0'.repeat(64)}.png`])(
    'is nothing else: %s',
    async (name) => {
      expectProblem(await api.get(`/media/${encodeURIComponent(name)}`), 404, 'not_found');
    },
  );
});

describe('an avatar in a body', () => {
  const avatarUrl = dataUrlOf(PIXEL);
  const FILE = /\/media\/[0-9a-f]{64}\.webp$/;

  it('becomes a file, the same one in a group and in every message', async () => {
    const id = unique('avatars');
    const group = (await api.post('/api/groups', { id, name: id, avatarUrl })).json<{ avatarUrl: string }>();
    const first = await say(api, id, { username: 'alice', avatar: avatarUrl });
    const second = await say(api, id, { username: 'alice', avatar: avatarUrl });
    expect(group.avatarUrl).toMatch(FILE);
    expect([first.avatar, second.avatar]).toEqual([group.avatarUrl, group.avatarUrl]);
    expect((await api.get(pathOf(group.avatarUrl))).headers['content-type']).toBe('image/webp');
    const changed = await api.put(`/api/groups/${id}`, { avatarUrl: dataUrlOf(await photo('png')) });
    expect(changed.json<{ avatarUrl: string }>().avatarUrl).toMatch(FILE);
  });

  it('that is no picture is refused in a group, and null in a message, which is never refused for it', async () => {
    const id = unique('avatars');
    const bad = 'data:image/svg+xml;base64,PHN2Zy8+';
    expectProblem(await api.post('/api/groups', { id, name: id, avatarUrl: bad }), 422, 'validation_failed');
    for (const avatar of [bad, 'data:,x', 'data:image/png;base64,AAAA'])
      expect((await say(api, id, { username: 'alice', avatar })).avatar).toBeNull();
  });

  it('that is a URL is kept as it is, and nobody goes there', async () => {
    let visits = 0;
    const server = createServer((_req, res) => {
      visits++;
      res.end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.png`;
    const id = unique('avatars');
    const group = await api.post('/api/groups', { id, name: id, avatarUrl: url });
    expect(group.json<{ avatarUrl: string }>().avatarUrl).toBe(url);
    expect((await say(api, id, { username: 'alice', avatar: url })).avatar).toBe(url);
    await new Promise((done) => server.close(done));
    expect(visits).toBe(0);
  });

  it('changes nothing about what a repeat is', async () => {
    const id = unique('avatars');
    const options = { headers: { 'idempotency-key': 'k' } };
    const post = (avatar: string) => api.post(`/api/messages/${id}`, { username: 'alice', text: 'x', avatar }, options);
    const { messageId } = (await post(avatarUrl)).json<{ messageId: string }>();
    const again = await post('https://x.example/as-it-was.png');
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.json<{ messageId: string }>().messageId).toBe(messageId);
  });
});
