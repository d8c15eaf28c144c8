import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { listedGroup } from '#test/http/support/groups.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, byId, latest, postTo, say, unique } from '#test/http/support/rooms.ts';

const api = useApi();

const KIB = 1024;
const MIB = 1024 * KIB;

describe('a text', () => {
  it.each(['x', '\u{1f389}', 'ü', '\u0800'])(
    'of 20,000 characters is taken, one more is refused (%s)',
    async (char) => {
      const room = unique('limits');
      const fits = char.repeat(20_000 / char.length);
      const { messageId } = await say(api, room, { text: fits });
      const { detail } = expectProblem(await postTo(api, room, { text: `${fits}x` }), 422, 'validation_failed', 'text');
      expect(detail).toContain('20000');
      expect((await latest(api, room)).map(({ text }) => text)).toEqual([fits]);
      const path = `${at(room)}/${messageId}`;
      expect((await api.put(path, { newText: fits })).status).toBe(200);
      expectProblem(await api.put(path, { newText: `${fits}x` }), 422, 'validation_failed', 'newText');
      expect((await byId(api, room, messageId)).edits).toHaveLength(1);
    },
  );
});

/** Media of exactly so many bytes of JSON. */
const mediaOf = (bytes: number, char = 'x') => {
  const frame = Buffer.byteLength(JSON.stringify({ original: '' }));
  const width = Buffer.byteLength(char);
  const count = Math.floor((bytes - frame) / width);
  return { original: char.repeat(count) + 'y'.repeat(bytes - frame - count * width) };
};

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('media and audio', () => {
  it('of 16 KiB together are taken, a byte more is refused', async () => {
    const room = unique('limits');
    for (const fits of [
      { media: mediaOf(16 * KIB) },
      { audio: mediaOf(16 * KIB) },
      { media: mediaOf(16 * KIB, '\u{1f389}') },
      { media: mediaOf(8 * KIB), audio: mediaOf(8 * KIB) },
    ])
      expect(await say(api, room, fits)).toMatchObject(fits);
    for (const over of [
      { media: mediaOf(16 * KIB + 1) },
      { audio: mediaOf(16 * KIB + 1) },
      { media: mediaOf(16 * KIB + 1, '\u{1f389}') },
      { media: mediaOf(8 * KIB), audio: mediaOf(8 * KIB + 1) },
    ]) {
      const { detail } = expectProblem(await postTo(api, room, over), 413, 'media_too_large');
      expect(detail).toContain('16 KiB');
    }
    expect(await latest(api, room)).toHaveLength(4);
  });

  it('nest 16 levels deep', async () => {
    const room = unique('limits');
    expect((await say(api, room, { media: nested(16) })).media).toEqual(nested(16));
    expectProblem(await postTo(api, room, { media: nested(17) }), 422, 'validation_failed', 'media');
    expectProblem(await postTo(api, room, { replyTo: { media: nested(17) } }), 422, 'validation_failed');
  });
});

describe('an avatar', () => {
  it('in a message over 64 KiB becomes null', async () => {
    const room = unique('limits');
    const fits = 'x'.repeat(64 * KIB);
    expect((await say(api, room, { avatar: fits })).avatar).toBe(fits);
    expect((await say(api, room, { avatar: `${fits}x` })).avatar).toBeNull();
    expect((await say(api, room, { avatar: 'x'.repeat(MIB) })).avatar).toBeNull();
  });

  it('of a group may have 1 MiB, and is left out of lists over 64 KiB', async () => {
    const id = unique('limits');
    const avatarUrl = 'x'.repeat(MIB);
    expect((await api.post('/api/groups', { id, name: id, avatarUrl })).json()).toMatchObject({ avatarUrl });
    expect((await api.get(`/api/groups/${id}`)).json()).toMatchObject({ avatarUrl });
    expect((await listedGroup(api, id)).avatarUrl).toBeNull();
    await api.put(`/api/groups/${id}`, { avatarUrl: 'x'.repeat(64 * KIB) });
    expect((await listedGroup(api, id)).avatarUrl).toHaveLength(64 * KIB);
    expectProblem(await api.put(`/api/groups/${id}`, { avatarUrl: `${avatarUrl}x` }), 422, 'validation_failed');
  });
});

describe('a quote', () => {
  it('is never refused for its size: its text is cut, its media and audio dropped', async () => {
    const room = unique('limits');
    const long = { messageId: 'm', text: 'x'.repeat(30_000), media: { a: 'x'.repeat(20_000) }, audio: { url: 'y' } };
    expect((await say(api, room, { replyTo: long })).replyTo).toEqual({ messageId: 'm', text: 'x'.repeat(2 * KIB) });
    const umlauts = { messageId: 'm', text: `x${'ü'.repeat(2_000)}` };
    const { text } = (await say(api, room, { replyTo: umlauts })).replyTo!;
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2 * KIB);
    expect(umlauts.text.startsWith(text)).toBe(true);
    expect(text.length).toBeGreaterThan(1_000);
    const fits = { messageId: 'm', text: 'x'.repeat(2 * KIB), media: { a: 1 } };
    expect((await say(api, room, { replyTo: fits })).replyTo).toEqual(fits);
  });
});

describe('ids, names and other short things', () => {
  it.each([
    ['userId', 200],
    ['username', 200],
    ['bubbleColor', 64],
    ['kind', 64],
    ['systemType', 64],
    ['replyToMessageId', 200],
    ['replyToTimestamp', 64],
  ])('%s has %i characters at most', async (field, length) => {
    const room = unique('limits');
    await say(api, room, { [field]: 'x'.repeat(length) });
    const over = await postTo(api, room, { [field]: 'x'.repeat(length + 1) });
    expect(expectProblem(over, 422, 'validation_failed', field).detail).toContain(String(length));
    expect(await latest(api, room)).toHaveLength(1);
  });

  it('emoji and reacting users, too', async () => {
    const room = unique('limits');
    const { messageId } = await say(api, room);
    const react = (emoji: string, userId: string) =>
      api.post(`${at(room)}/${messageId}/reactions`, { emoji, user: { userId } });
    expect((await react('x'.repeat(64), 'u'.repeat(200))).status).toBe(200);
    expectProblem(await react('x'.repeat(65), 'u'), 422, 'validation_failed', 'emoji');
    expectProblem(await react('x', 'u'.repeat(201)), 422, 'validation_failed', 'user.userId');
    expect(Object.keys((await byId(api, room, messageId)).reactions)).toHaveLength(1);
  });
});

describe('a JSON body', () => {
  const frame = JSON.stringify({ text: 'x', other: '' }).length;
  const sized = (bytes: number) => ({ text: 'x', other: 'x'.repeat(bytes - frame) });

  it('of 2 MiB is taken, a byte more is refused, and so is one that comes in parts', async () => {
    const room = unique('limits');
    await say(api, room, sized(2 * MIB - 1));
    await say(api, room, sized(2 * MIB));
    const { detail } = expectProblem(await postTo(api, room, sized(2 * MIB + 1)), 413, 'body_too_large');
    expect(detail).toContain('2 MiB');
    const chunk = `${(64 * KIB).toString(16)}\r\n${'x'.repeat(64 * KIB)}\r\n`;
    const head = `POST ${at(room)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n`;
    const answer = await api.raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(33)}0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(await latest(api, room)).toHaveLength(2);
  });

  it('is measured in bytes, not characters', async () => {
    const room = unique('limits');
    expectProblem(await postTo(api, room, { other: 'ü'.repeat(MIB) }), 413, 'body_too_large');
    expect(await latest(api, room)).toEqual([]);
  });
});
