import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, latest, say, sayMany, texts, unique, uniqueDm } from '#test/http/support/rooms.ts';

const api = useApi();

describe('the newest messages', () => {
  it('are as many as asked for, oldest first, up to 500', async () => {
    const room = unique('counts');
    const sent = Array.from({ length: 505 }, (_, index) => index + 1);
    for (let from = 0; from < sent.length; from += 101)
      await Promise.all(sent.slice(from, from + 101).map((n) => say(api, room, { text: String(n) })));
    const all = await latest(api, room, '?count=500');
    const seqs = (count: number) => sent.slice(-count);
    for (const [query, count] of [
      ['', 100],
      ['?count=0', 100],
      ['?count=1', 1],
      ['?count=99', 99],
      ['?count=500', 500],
      ['?count=501', 500],
      ['?count=9007199254740991', 500],
      ['?count=-1', 1],
      ['?count=-0', 100],
      ['?count=%2B7', 7],
      ['?count=007', 7],
      ['?other=1', 100],
    ] as const) {
      const messages = await latest(api, room, query);
      expect([query, messages.map(({ seq }) => seq)]).toEqual([query, seqs(count)]);
      expect(messages).toEqual(all.slice(-count));
    }
  });

  it.each(['abc', '', '1.5', '1e2', '0x10', '9007199254740993', '1'.repeat(30), '%00', '%F0%9F%8E%89', 'null', ' 5'])(
    'are refused for the count %s',
    async (count) => {
      const room = unique('counts');
      await say(api, room);
      const answer = await api.get(`${at(room)}/latest?count=${encodeURI(decodeURIComponent(count))}`);
      expectProblem(answer, 422, 'validation_failed', 'count');
    },
  );

  it.each([
    ['a group room', () => unique('room')],
    ['a DM', () => uniqueDm().dm],
  ])('of %s are the same by every way that a URL can be spelled', async (_name, newRoom) => {
    const room = newRoom();
    await sayMany(api, room, 5);
    const ways = ['', '?count=100', '?count=0100', '?count=%31%30%30', '?count=0', '?x=1', '?count=5&count=100'];
    // Each way twice: a URL that was seen before may be answered by another path.
    for (let round = 1; round <= 3; round++) {
      await say(api, room, { text: `round ${round}` });
      const answers = [];
      for (const way of [...ways, ...ways]) answers.push(await api.get(`${at(room)}/latest${way}`));
      const [first] = answers;
      for (const answer of answers) {
        expect(answer.text).toBe(first!.text);
        expect(answer.headers.etag).toBe(first!.headers.etag);
        expect(Object.keys(answer.headers).sort()).toEqual(Object.keys(first!.headers).sort());
      }
      const head = await api.head(`${at(room)}/latest`);
      expect(head.headers).toMatchObject({
        etag: first!.headers.etag,
        'content-length': first!.headers['content-length'],
        'content-type': 'application/json',
        'cache-control': 'no-cache',
      });
      expect(texts(first!.json())).toHaveLength(5 + round);
    }
  });

  it('may be kept by a browser, which must ask each time', async () => {
    const room = unique('cached');
    for (const path of [`${at(room)}/latest`, `${at(room)}/latest`, `${at(room)}/latest?count=0`]) {
      const { headers } = await api.get(path);
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers.etag).toMatch(/^W\/"[\x21\x23-\x7e]+"$/);
      expect(headers['server-timing']).toMatch(/^base;desc="\w+", changes;desc="\d+"$/);
    }
  });
});

describe('an ETag of the newest messages', () => {
  it.each([['?count=100'], ['?count=0']])('answers If-None-Match of every form with 304 (%s)', async (query) => {
    const room = unique('etag');
    await say(api, room);
    const path = `${at(room)}/latest${query}`;
    const full = await api.get(path);
    const etag = full.headers.etag!;
    const strong = etag.slice(2);
    for (const sent of [etag, strong, '*', ` ${etag} `, `"other", ${etag}`, `W/"other",${strong}`, `${etag}, "x"`]) {
      const answer = await api.get(path, { headers: { 'if-none-match': sent } });
      expect([sent, answer.status]).toEqual([sent, 304]);
      expect(answer.headers).toMatchObject({ etag, 'cache-control': 'no-cache' });
      expect(answer.bytes).toHaveLength(0);
      expect((await api.head(path, { headers: { 'if-none-match': sent } })).status).toBe(304);
    }
    for (const sent of ['"other"', 'W/"other"', etag.slice(2, -1), `"${etag}`, '', '"*"', etag.replace('"', '"x')]) {
      const answer = await api.get(path, { headers: { 'if-none-match': sent } });
      expect([sent, answer.status, answer.text]).toEqual([sent, 200, full.text]);
    }
  });

  it('stands for a room, a count and a state', async () => {
    const [room, other] = [unique('etag'), unique('etag')];
    const tag = async (one: string, query = '') => (await api.get(`${at(one)}/latest${query}`)).headers.etag!;
    const seen = [await tag(room), await tag(other), await tag(room, '?count=5')];
    await say(api, room);
    seen.push(await tag(room));
    const { messageId } = await say(api, room);
    seen.push(await tag(room));
    await api.put(`${at(room)}/${messageId}`, { newText: 'x' });
    seen.push(await tag(room));
    expect(new Set(seen).size).toBe(seen.length);
    expect(await tag(room)).toBe(seen.at(-1));
    expect(await tag(room, '?count=100')).toBe(seen.at(-1));
  });

  it('is the same whatever the encoding', async () => {
    const room = unique('etag');
    await sayMany(api, room, 5);
    const tags = new Set<string | undefined>();
    for (const encoding of ['br', 'gzip', 'identity'])
      tags.add((await api.get(`${at(room)}/latest`, { headers: { 'accept-encoding': encoding } })).headers.etag);
    expect(tags.size).toBe(1);
  });
});

describe('If-None-Match', () => {
  it('is honoured by every other read, too', async () => {
    const room = unique('etag');
    const { messageId, timestamp } = await say(api, room);
    const reads = ['/page', `/around/${messageId}`, `/by-id/${messageId}`, `/by-ts/${timestamp}`, '/changes?since=0'];
    for (const read of reads) {
      const path = at(room) + read;
      const { etag } = (await api.get(path)).headers;
      expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
      await api.post(`${at(room)}/${messageId}/reactions`, { emoji: read, user: { userId: 'u' } });
      expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(200);
    }
  });
});
