import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { allGroups, createGroup, getGroup, listedGroup, listGroups } from '#test/http/support/groups.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { say, unique } from '#test/http/support/rooms.ts';
import { undisturbed } from '#test/http/support/undisturbed.ts';

const api = useApi();

describe('the list of groups', () => {
  it('is in the byte order of names, then of ids, in pages that together have each once', async () => {
    const ids = [unique('list-b'), unique('list-a'), unique('list-c')];
    for (const id of ids) await createGroup(api, { id, name: `Same ${ids[0]}` });
    await undisturbed(async () => {
      const all = await allGroups(api);
      const keys = all.map(({ name, id }) => Buffer.from(`${name}\0${id}`));
      expect(keys.map(String)).toEqual(keys.toSorted((a, b) => a.compare(b)).map(String));
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));

      const { total, groups, hasMore } = await listGroups(api, '?limit=2&offset=1');
      expect(groups.map(({ id }) => id)).toEqual(all.slice(1, 3).map(({ id }) => id));
      expect({ total, hasMore }).toEqual({ total: all.length, hasMore: all.length > 3 });
      const beyond = await listGroups(api, `?offset=${all.length}`);
      expect(beyond).toEqual({ groups: [], total: all.length, hasMore: false });
    });
  });

  it('shows of each group what the group by itself shows', async () => {
    const id = unique('listed');
    await createGroup(api, { id, name: id });
    await say(api, id, { username: 'Ada', text: 'hello' });
    await api.post(`/api/groups/${id}/members`, { username: 'Ada' });
    for (const query of ['', '&includeMembers=true', '&includeMembers=YES&membersLimit=1', '&includeOnline=1']) {
      expect(await listedGroup(api, id, query)).toEqual(
        await getGroup(api, id, `?x=1${query.replace('&includeOnline=1', '')}`),
      );
    }
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=abc', 'limit'],
    ['limit=', 'limit'],
    ['limit=1.5', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=9007199254740993', 'offset'],
    ['membersLimit=0', 'membersLimit'],
    ['membersLimit=11', 'membersLimit'],
    ['includeOnline=maybe', 'includeOnline'],
    ['includeMembers=2', 'includeMembers'],
    ['limit=5&limit=0', 'limit'],
  ])('refuses %s', async (query, field) => {
    expectProblem(await api.get(`/api/groups?${query}`), 422, 'validation_failed', field);
  });

  it.each(['limit=1', 'limit=200', 'offset=0', 'includeOnline=no&includeMembers=F', 'unknown=1', 'limit=0&limit=5'])(
    'takes %s',
    async (query) => {
      expect((await api.get(`/api/groups?${query}`)).status).toBe(200);
    },
  );

  it('is asked for again at little cost: 304 until something changes', async () => {
    const id = unique('cached');
    await createGroup(api, { id, name: id });
    const query = '/api/groups?limit=200&includeMembers=true';
    // Others may create groups meanwhile; the group by itself is ours alone.
    const path = `/api/groups/${id}?includeMembers=true`;
    for (const change of [
      () => say(api, id),
      () => api.put(`/api/groups/${id}`, { description: 'new' }),
      () => api.post(`/api/groups/${id}/members`, { username: 'Ada' }),
      () => api.delete(`/api/groups/${id}/members/ada`),
    ]) {
      const { etag } = (await api.get(path)).headers;
      const listed = (await api.get(query)).headers.etag;
      expect(etag).toMatch(/^W\/".+"$/);
      expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
      await change();
      expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(200);
      expect((await api.get(query, { headers: { 'if-none-match': listed } })).status).toBe(200);
    }
  });
});
