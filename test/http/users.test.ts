import { describe, expect, it } from '@jest/globals';
import type { Filters } from '#services/profiles/filters/filters.contract.ts';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { unique } from '#test/http/support/rooms.ts';

const api = useApi();

describe('a bio', () => {
  it('is empty at first, kept as it is written, and can be taken back', async () => {
    const path = `/api/users/id/${unique('u')}/bio`;
    expect((await api.get(path)).json()).toEqual({ bio: '' });
    const bio = 'Likes tea 🎉\n<b>x</b>';
    expect((await api.put(path, { bio })).json()).toEqual({ bio });
    expect((await api.get(path)).json()).toEqual({ bio });
    expect((await api.put(path, { bio: null })).json()).toEqual({ bio: '' });
    expect((await api.get(path)).json()).toEqual({ bio: '' });
  });

  it('has up to 1,000 characters', async () => {
    const path = `/api/users/id/${unique('u')}/bio`;
    expect((await api.put(path, { bio: 'x'.repeat(1_000) })).status).toBe(200);
    for (const bio of ['x'.repeat(1_001), 5, ['x'], { $set: 1 }])
      expectProblem(await api.put(path, { bio }), 422, 'validation_failed', 'bio');
  });

  it('is one of those that are written at once, and no other', async () => {
    const path = `/api/users/id/${unique('u')}/bio`;
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => api.put(path, { bio: `${index}` })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await api.get(path)).json()).toEqual({ bio: expect.stringMatching(/^1?\d$/) });
  });
});

describe('links', () => {
  const links = [
    { id: '1', type: 'web', url: 'https://example.com/?a=b&c' },
    { id: 2, type: null, more: { 'a.b': [1] } },
  ];

  it('are kept as they are sent, replaced and cleared', async () => {
    const path = `/api/users/id/${unique('u')}/social-links`;
    expect((await api.get(path)).json()).toEqual([]);
    expect((await api.put(path, links)).json()).toEqual(links);
    expect((await api.get(path)).json()).toEqual(links);
    expect((await api.put(path, [])).json()).toEqual([]);
    expect((await api.get(path)).json()).toEqual([]);
  });

  it.each([
    ['no list', { id: '1' }, 'body'],
    ['a list of texts', ['https://example.com'], 'links[0]'],
    ['a list of lists', [{}, []], 'links[1]'],
    ['a list of null', [null], 'links'],
    ['more than 50', Array.from({ length: 51 }, () => ({})), 'links'],
    ['one of more than 4 KiB', [{ url: 'x'.repeat(4 * 1024) }], 'links[0]'],
    ['what cannot be stored', [{ $set: 1 }], 'links'],
  ])('are not %s', async (_what, body, field) => {
    const path = `/api/users/id/${unique('u')}/social-links`;
    expectProblem(await api.put(path, body), 422, 'validation_failed', field);
    expect((await api.get(path)).json()).toEqual([]);
  });

  it('of a name are found in lower case too, stand in for those of a userId, and can be copied to it', async () => {
    const [name, userId] = [unique('ann'), unique('u')];
    const mine = `/api/users/id/${userId}/social-links`;
    const legacy = `${mine}?legacy=${name.toUpperCase()}`;
    expect((await api.put(`/api/users/id/${name}/social-links`, links)).status).toBe(200);
    expect((await api.get(`/api/users/${name}/social-links`)).json()).toEqual(links);
    expect((await api.get(`/api/users/${name.toUpperCase()}/social-links`)).json()).toEqual(links);
    expect((await api.get(mine)).json()).toEqual([]);
    expect((await api.get(legacy)).json()).toEqual(links);

    const copy = () => api.post('/api/users/migrate-social-links', { from: ` ${name.toUpperCase()} `, to: userId });
    expect((await copy()).json()).toEqual({ success: true });
    expect((await copy()).json()).toEqual({ success: true });
    expect((await api.get(mine)).json()).toEqual(links);
    expect((await api.get(`/api/users/${name}/social-links`)).json()).toEqual(links);
    await api.put(mine, []);
    expect((await api.get(legacy)).json()).toEqual([]);
  });

  it('are not copied from or to nobody', async () => {
    for (const body of [
      {},
      { from: 'ann' },
      { from: ' ', to: 'u_1' },
      { from: 'ann', to: '' },
      { from: null, to: 'u' },
    ])
      expect(
        expectProblem(await api.post('/api/users/migrate-social-links', body), 400, 'migration_invalid').detail,
      ).toBe('invalid migration input');
    const nobody = await api.post('/api/users/migrate-social-links', { from: unique('ann'), to: 'u_1' });
    expect(nobody.json()).toEqual({ success: true });
  });
});

function stage() {
  const userId = unique('u');
  const path = `/api/users/${userId}/message-filters`;
  return { userId, path, read: async () => (await api.get(path)).json<Filters>() };
}

describe('message filters', () => {
  const room = unique('room');

  it('are none at first', async () => {
    const { userId, read } = stage();
    expect(await read()).toEqual({ userId, items: [], groups: {}, removals: [] });
  });

  it('keep the time of the first add; the name is as sent last', async () => {
    const { userId, path, read } = stage();
    const first = (await api.post(path, { groupId: room, username: ' Mallory ' })).json<Filters>();
    const [{ createdAt } = { createdAt: 0 }] = first.items;
    expect(Math.abs(createdAt - Date.now())).toBeLessThan(60_000);
    expect(first).toEqual({
      userId,
      items: [{ groupId: room, username: 'Mallory', normalized: 'mallory', createdAt, updatedAt: createdAt }],
      groups: { [room]: ['Mallory'] },
      removals: [],
    });
    const again = (await api.post(path, { groupId: room, username: 'MALLORY' })).json<Filters>();
    expect(again.items).toEqual([
      { groupId: room, username: 'MALLORY', normalized: 'mallory', createdAt, updatedAt: expect.any(Number) },
    ]);
    await api.post(path, { groupId: 'dm:a|b', username: 'Eve' });
    const all = await read();
    expect(all.items.map(({ username }) => username)).toEqual(['MALLORY', 'Eve']);
    expect(all.groups).toEqual({ [room]: ['MALLORY'], 'dm:a|b': ['Eve'] });
  });

  it('are told among the removals once taken off, which may be repeated', async () => {
    const { path, read } = stage();
    const [added] = (await api.post(path, { groupId: room, username: 'Mallory' })).json<Filters>().items;
    for (let time = 0; time < 2; time += 1) {
      const { items, groups, removals } = (
        await api.delete(path, { groupId: room, username: 'mallory' })
      ).json<Filters>();
      expect({ items, groups }).toEqual({ items: [], groups: {} });
      expect(removals).toEqual([
        {
          groupId: room,
          username: 'Mallory',
          normalized: 'mallory',
          filteredAt: added!.createdAt,
          removedAt: expect.any(Number),
        },
      ]);
    }
    await api.post(path, { groupId: room, username: 'Eve' });
    await api.delete(path, { groupId: room, username: 'Eve' });
    expect((await read()).removals.map(({ username }) => username)).toEqual(['Eve', 'Mallory']);
  });

  it('are one for a room and a name, however many are added and taken off at once', async () => {
    const { path, read } = stage();
    const body = { groupId: room, username: 'Mallory' };
    const added = await Promise.all(Array.from({ length: 30 }, () => api.post(path, body)));
    expect(added.every(({ status }) => status === 200)).toBe(true);
    expect((await read()).items).toHaveLength(1);
    const taken = await Promise.all(Array.from({ length: 30 }, () => api.delete(path, body)));
    expect(taken.every(({ status }) => status === 200)).toBe(true);
    expect(await read()).toMatchObject({ items: [], removals: [{ username: 'Mallory' }] });
    const others = Array.from({ length: 30 }, (_, index) => api.post(path, { ...body, username: `m${index}` }));
    await Promise.all(others);
    expect((await read()).items).toHaveLength(30);
  });

  it('need a user, a room and a name', async () => {
    const { path, read } = stage();
    for (const send of [api.post, api.delete]) {
      for (const body of [{}, { groupId: room }, { groupId: room, username: ' ' }, { groupId: '', username: 'a' }])
        expectProblem(await send(path, body), 422, 'validation_failed');
      expectProblem(await send(path, { groupId: { $ne: '' }, username: 'a' }), 422, 'validation_failed', 'groupId');
    }
    expect((await read()).items).toEqual([]);
    const blank = expectProblem(await api.get('/api/users/%20/message-filters'), 400, 'filter_owner_required');
    expect(blank.detail).toBe('user_id required');
  });
});
