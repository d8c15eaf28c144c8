import { describe, expect, it } from '@jest/globals';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { around, at, page, say, sayMany, texts, unique, uniqueDm, type Page } from '#test/http/support/rooms.ts';

const api = useApi();

const NOTHING = { items: [], nextBefore: null, nextAfter: null, nextBeforeSeq: null, nextAfterSeq: null };

describe.each([
  ['a group room', () => unique('room')],
  ['a DM', () => uniqueDm().dm],
])('pages of %s', (_name, newRoom) => {
  async function stage(count: number) {
    const room = newRoom();
    const all = await sayMany(api, room, count);
    return { room, all, numbers: all.map(({ text }) => text) };
  }

  it('say where to go on in both directions, by time and by seq', async () => {
    const { room, all } = await stage(5);
    expect(await page(api, room, '?limit=2&beforeSeq=5')).toEqual({
      items: all.slice(2, 4),
      nextBefore: all[2]!.createdAt,
      nextAfter: all[3]!.createdAt,
      nextBeforeSeq: 3,
      nextAfterSeq: 4,
    });
    expect(await page(api, room)).toEqual({ ...NOTHING, items: all });
    expect(await page(api, room, '?limit=5')).toMatchObject({ nextBefore: null, nextAfter: null });
    expect(await page(api, newRoom())).toEqual(NOTHING);
  });

  it.each([
    ['back, by time', 'before', 'nextBefore'],
    ['back, by seq', 'beforeSeq', 'nextBeforeSeq'],
    ['forward, by time', 'after', 'nextAfter'],
    ['forward, by seq', 'afterSeq', 'nextAfterSeq'],
  ] as const)('lead through all messages, each once, while more are written (%s)', async (_way, parameter, next) => {
    const { room, numbers } = await stage(11);
    const back = parameter.startsWith('before');
    let place: number | null = back ? null : 0;
    const seen: string[] = [];
    for (;;) {
      const bound = place === null ? '' : `&${parameter}=${place}`;
      const found: Page = await page(api, room, `?limit=3${bound}`);
      seen[back ? 'unshift' : 'push'](...texts(found.items));
      place = found[next];
      if (place === null || seen.length >= numbers.length) break;
      await say(api, room, { text: 'meanwhile' });
    }
    expect(seen.slice(0, 11)).toEqual(numbers);
  });

  it('have exclusive bounds, of which the narrower counts', async () => {
    const { room, all } = await stage(6);
    const time = (seq: number) => all[seq - 1]!.createdAt;
    const shown = async (query: string) => texts((await page(api, room, query)).items);
    expect(await shown(`?before=${time(3)}`)).toEqual(['1', '2']);
    expect(await shown(`?after=${time(3)}`)).toEqual(['4', '5', '6']);
    expect(await shown(`?after=${time(2)}&before=${time(5)}`)).toEqual(['3', '4']);
    expect(await shown(`?after=${time(2)}&before=${time(5)}&limit=1`)).toEqual(['4']);
    expect(await shown('?afterSeq=2&beforeSeq=5')).toEqual(['3', '4']);
    expect(await shown(`?afterSeq=1&before=${time(4)}`)).toEqual(['2', '3']);
    expect(await shown(`?beforeSeq=3&before=${time(5)}`)).toEqual(['1', '2']);
    expect(await shown('?after=0&limit=2')).toEqual(['1', '2']);
    for (const none of ['?before=0', '?beforeSeq=1', '?beforeSeq=0', '?afterSeq=6', `?after=${time(6)}`])
      expect(await shown(none)).toEqual([]);
    expect(await shown('?before=9007199254740991')).toHaveLength(6);
    expect(await shown('?afterSeq=9007199254740991')).toEqual([]);
    expect(await shown('?afterSeq=4&beforeSeq=3')).toEqual([]);
  });

  it('have the size asked for, from 1 to 200', async () => {
    const { room } = await stage(3);
    for (const [limit, count] of [
      ['0', 1],
      ['-5', 1],
      ['1', 1],
      ['2', 2],
      ['999999999999', 3],
    ] as const)
      expect([limit, (await page(api, room, `?limit=${limit}`)).items.length]).toEqual([limit, count]);
  });

  it('are refused for a bound or a size that is no whole number', async () => {
    const path = `${at(newRoom())}/page`;
    for (const name of ['before', 'after', 'beforeSeq', 'afterSeq', 'limit'])
      for (const value of ['', 'abc', '1.5', '99999999999999999999', '2026-11-24', '%5B%5D', 'NaN'])
        expectProblem(await api.get(`${path}?${name}=${value}`), 422, 'validation_failed', name);
    for (const name of ['before', 'after', 'beforeSeq', 'afterSeq'])
      expectProblem(await api.get(`${path}?${name}=-1`), 422, 'validation_failed', name);
  });

  it('stand around a message, filled up at the ends of the room', async () => {
    const { room, all } = await stage(9);
    const shown = async (seq: number, limit: number) => {
      const found = await around(api, room, all[seq - 1]!.messageId, `?limit=${limit}`);
      return found.items.map((one: MessageView) => one.seq);
    };
    expect(await shown(5, 3)).toEqual([4, 5, 6]);
    expect(await shown(1, 3)).toEqual([1, 2, 3]);
    expect(await shown(9, 3)).toEqual([7, 8, 9]);
    expect(await shown(9, 1)).toEqual([9]);
    expect(await shown(5, 100)).toHaveLength(9);
    expect(await around(api, room, all[4]!.messageId, '?limit=3')).toEqual({
      items: all.slice(3, 6),
      nextBefore: all[3]!.createdAt,
      nextAfter: all[5]!.createdAt,
      nextBeforeSeq: 4,
      nextAfterSeq: 6,
    });
    expect(await around(api, room, all[4]!.messageId)).toEqual({ ...NOTHING, items: all });
    expectProblem(await api.get(`${at(room)}/around/nobody`), 404, 'message_not_found');
    expectProblem(await api.get(`${at(room)}/around/${all[0]!.messageId}?limit=x`), 422, 'validation_failed', 'limit');
  });

  it('have deleted messages, too', async () => {
    const { room, all } = await stage(3);
    await api.delete(`${at(room)}/${all[1]!.messageId}`);
    const { items } = await page(api, room);
    expect(items.map(({ deleted }) => deleted)).toEqual([false, true, false]);
  });
});
