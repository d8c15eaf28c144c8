import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { send } from '#test/http/support/http.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, byId, say, unique } from '#test/http/support/rooms.ts';

const api = useApi();

describe('the edits of a message', () => {
  it('are the newest hundred', async () => {
    const room = unique('limits');
    const { messageId } = await say(api, room, { text: '0' });
    for (let n = 1; n <= 103; n++) await api.put(`${at(room)}/${messageId}`, { newText: String(n) });
    const { edits, text } = await byId(api, room, messageId);
    expect(text).toBe('103');
    expect(edits.map(({ previousText }) => previousText)).toEqual(Array.from({ length: 100 }, (_, n) => String(n + 3)));
  });

  it('are fewer when they are long', async () => {
    const room = unique('limits');
    const { messageId } = await say(api, room, { text: '0' });
    for (let n = 1; n <= 20; n++)
      await api.put(`${at(room)}/${messageId}`, { newText: `${n}`.padEnd(20_000, '\u0800') });
    const message = await byId(api, room, messageId);
    expect(message.text).toMatch(/^20/);
    expect(message.edits.length).toBeGreaterThan(0);
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(256 * 1024);
    expect(message.edits.at(-1)!.previousText).toMatch(/^19/);
  });
});

describe('the reactions of a message', () => {
  it('are 2,000: the next is refused, but changing and removing never are', async () => {
    const room = unique('limits');
    const { messageId } = await say(api, room);
    const path = `${at(room)}/${messageId}/reactions`;
    const react = (userId: string, emoji: string | null) => api.post(path, { emoji, user: { userId } });
    // Their answers grow to 140 kB: only the first and the last are held against the description.
    const unchecked = (n: number) =>
      send(api.base, { method: 'POST', path, body: { emoji: 'x', user: { userId: `u${n}` } } });
    const statuses = new Set<number>();
    for (let from = 0; from < 1_999; from += 200) {
      const some = Array.from({ length: Math.min(200, 1_999 - from) }, (_, n) => unchecked(from + n));
      for (const { status } of await Promise.all(some)) statuses.add(status);
    }
    expect(statuses).toEqual(new Set([200]));
    const last = await react('last', 'x');
    expect(last.json<{ summary: object }>().summary).toMatchObject({ totalCount: 2_000 });
    const { detail } = expectProblem(await react('one-more', 'x'), 413, 'reactions_full');
    expect(detail).toContain('2000');
    expect((await react('u5', 'y')).status).toBe(200);
    expect(Object.keys((await byId(api, room, messageId)).reactions)).toHaveLength(2_000);
    expect((await react('u5', null)).status).toBe(200);
    expect((await react('one-more', 'x')).status).toBe(200);
    expectProblem(await react('u5', 'x'), 413, 'reactions_full');
    expect((await api.put(`${at(room)}/${messageId}`, { newText: 'edited' })).status).toBe(200);
    expect((await api.delete(`${at(room)}/${messageId}`)).status).toBe(200);
    expect(await byId(api, room, messageId)).toMatchObject({ deleted: true });
  }, 60_000);
});
