import { describe, expect, it } from '@jest/globals';
import type { GroupView } from '#services/groups/groups.contract.ts';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { unique } from '#test/http/support/rooms.ts';

const api = useApi();

async function stage() {
  const id = unique('members');
  await api.post('/api/groups', { id, name: id });
  return {
    path: `/api/groups/${id}/members`,
    members: async (query = ''): Promise<Pick<GroupView, 'memberCount' | 'memberPreview'>> => {
      const answer = await api.get(`/api/groups/${id}?includeMembers=true${query}`);
      const { memberCount, memberPreview } = answer.json<GroupView>();
      return { memberCount, memberPreview };
    },
  };
}

const shown = (...names: string[]) => names.map((username) => ({ username, avatar: null, userId: null }));

describe('members', () => {
  it('are shown last joined first, as many as asked for, and all are counted', async () => {
    const { path, members } = await stage();
    expect(await members()).toEqual({ memberCount: 0, memberPreview: [] });
    for (const [index, username] of ['Ada', 'Bob', 'Cleo', 'Dan', 'Eve', 'Fay'].entries()) {
      const answer = await api.post(path, { username, role: 'member', joinedAt: 1_000 + index });
      expect(answer).toMatchObject({ status: 200, text: '{"success":true}' });
    }
    expect(await members()).toEqual({ memberCount: 6, memberPreview: shown('Fay', 'Eve', 'Dan', 'Cleo', 'Bob') });
    expect(await members('&membersLimit=1')).toEqual({ memberCount: 6, memberPreview: shown('Fay') });
    expect((await members('&membersLimit=10')).memberPreview).toHaveLength(6);
  });

  it('are one for a name in any case, shown as typed last', async () => {
    const { path, members } = await stage();
    await api.post(path, { username: 'ada' });
    await api.post(path, { username: ' ADA ' });
    expect(await members()).toEqual({ memberCount: 1, memberPreview: shown(' ADA ') });
    expect((await api.delete(`${path}/aDa`)).json()).toEqual({ success: true });
    expect(await members()).toEqual({ memberCount: 0, memberPreview: [] });
  });

  it('may be removed although they are none', async () => {
    const { path } = await stage();
    expect((await api.delete(`${path}/nobody`)).json()).toEqual({ success: true });
    expect((await api.delete(`${path}/${encodeURIComponent('a|b c')}`)).json()).toEqual({ success: true });
  });

  it('join at once and none is lost', async () => {
    const { path, members } = await stage();
    const names = Array.from({ length: 40 }, (_, index) => `user-${index % 20}`);
    const answers = await Promise.all(names.map((username) => api.post(path, { username })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await members()).memberCount).toBe(20);
  });

  it('may join a room that has no group yet', async () => {
    const id = unique('early');
    expect((await api.post(`/api/groups/${id}/members`, { username: 'Ada' })).status).toBe(200);
    await api.post('/api/groups', { id, name: id });
    const group = (await api.get(`/api/groups/${id}?includeMembers=1`)).json<GroupView>();
    expect(group).toMatchObject({ memberCount: 1, memberPreview: shown('Ada') });
  });

  it('need a name', async () => {
    const { path, members } = await stage();
    for (const body of [{}, { username: null }, { username: '' }, { username: '  ' }, undefined])
      expectProblem(await api.post(path, body), 400, 'username_required');
    expect(await members()).toMatchObject({ memberCount: 0 });
  });

  it.each([
    [{ username: 5 }, 'username'],
    [{ username: ['Ada'] }, 'username'],
    [{ username: 'x'.repeat(201) }, 'username'],
    [{ username: 'Ada', role: 5 }, 'role'],
    [{ username: 'Ada', role: 'x'.repeat(65) }, 'role'],
    [{ username: 'Ada', joinedAt: 'soon' }, 'joinedAt'],
    [{ username: 'Ada', joinedAt: '5' }, 'joinedAt'],
    [{ username: 'Ada', joinedAt: 1.5 }, 'joinedAt'],
    [{ username: 'Ada', joinedAt: -1 }, 'joinedAt'],
    [{ username: 'Ada', joinedAt: 2 ** 53 }, 'joinedAt'],
  ])('are not made of %j', async (body, field) => {
    const { path, members } = await stage();
    expectProblem(await api.post(path, body), 422, 'validation_failed', field);
    expect(await members()).toMatchObject({ memberCount: 0 });
  });
});
