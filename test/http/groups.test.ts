import { describe, expect, it } from '@jest/globals';
import type { GroupView } from '#services/groups/groups.contract.ts';
import { useApi } from '#test/http/support/api.ts';
import { allGroups, createGroup, getGroup, listedGroup } from '#test/http/support/groups.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { unique } from '#test/http/support/rooms.ts';

const api = useApi();

describe('a group', () => {
  it('is created with every field, gets its id from its name, and both its ids are the same', async () => {
    const name = unique('Fun Room');
    const id = name.toLowerCase().replaceAll(' ', '-');
    const group = { id, name, description: 'For all', avatarUrl: 'https://x.example/a.png' };
    const view = { ...group, databaseId: id, slug: id, onlineCount: 0 };
    const answer = await api.post('/api/groups', {
      name,
      description: 'For all',
      avatarUrl: group.avatarUrl,
      owner: 1,
    });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual(view);
    expect(await getGroup(api, id)).toEqual({ ...view, lastMessagePreview: null });
  });

  it('may have an id of its own and no more', async () => {
    const id = unique('only-id');
    expect(await createGroup(api, { id })).toEqual({
      id,
      name: '',
      description: '',
      avatarUrl: null,
      databaseId: id,
      slug: id,
      onlineCount: 0,
    });
    expect(await createGroup(api, { id, name: null, description: null, avatarUrl: null })).toMatchObject({
      id,
      name: '',
    });
  });

  it('has an id that is not trimmed', async () => {
    const name = `  ${unique('Fun Room')}  `;
    expect((await createGroup(api, { name })).id).toBe(name.toLowerCase().replaceAll(' ', '-'));
    expect((await createGroup(api, { id: '', name })).id).toBe(name.toLowerCase().replaceAll(' ', '-'));
  });

  it('is overwritten by another with its id: what is not sent is gone', async () => {
    const id = unique('again');
    await createGroup(api, { id, name: 'One', description: 'D', avatarUrl: 'A' });
    expect(await createGroup(api, { id, name: 'Two' })).toMatchObject({
      id,
      name: 'Two',
      description: '',
      avatarUrl: null,
    });
    expect(await getGroup(api, id)).toMatchObject({ name: 'Two', description: '', avatarUrl: null });
  });

  it('is one when twenty create it at once', async () => {
    const name = unique('Rush');
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post('/api/groups', { name })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await listedGroup(api, answers[0]!.json<GroupView>().id)).toMatchObject({ name });
  });

  it('changes by what is sent, null included', async () => {
    const id = unique('change');
    await createGroup(api, { id, name: 'One', description: 'D', avatarUrl: 'A' });
    const put = async (body: object) => (await api.put(`/api/groups/${id}`, body)).json<GroupView>();
    expect(await put({ name: 'Two' })).toEqual({
      id,
      name: 'Two',
      description: 'D',
      avatarUrl: 'A',
      databaseId: id,
      slug: id,
      onlineCount: 0,
    });
    expect(await put({ description: null, avatarUrl: null })).toMatchObject({ description: '', avatarUrl: null });
    expect(await put({ id: 'other', databaseId: 'other' })).toMatchObject({ id, name: 'Two' });
    expect(await put({})).toMatchObject({ id, name: 'Two' });
    expect(await getGroup(api, id)).toMatchObject({ id, name: 'Two', description: '', avatarUrl: null });
  });

  it('that nobody made is not found', async () => {
    const path = `/api/groups/${unique('nobody')}`;
    expectProblem(await api.get(path), 404, 'group_not_found');
    expectProblem(await api.put(path, { name: 'x' }), 404, 'group_not_found');
    expectProblem(await api.delete(path), 404, 'group_not_found');
    expectProblem(await api.get(`/api/groups/${'a'.repeat(24)}`), 404, 'group_not_found');
  });

  it.each([
    ['nothing', {}, 'name'],
    ['null', { id: null, name: null }, 'name'],
    ['blanks', { id: '', name: '' }, 'name'],
    ['the id of a DM', { id: 'dm:alice|bob' }, 'id'],
    ['the id of a DM in other case', { id: ' DM:x' }, 'id'],
    ['the name of a DM', { name: 'dm:alice|bob' }, 'name'],
    ['a databaseId', { id: 'abcdef0123456789ABCDEF01' }, 'id'],
    ['a slash', { id: 'a/b' }, 'id'],
    ['a step up', { id: '..' }, 'id'],
    ['a line break', { id: 'a\nb' }, 'id'],
    ['a number', { id: 5 }, 'id'],
    ['a list', { id: ['a'] }, 'id'],
    ['a number as its name', { name: 5 }, 'name'],
    ['a long id', { id: 'x'.repeat(201) }, 'id'],
    ['a long name', { name: 'x'.repeat(101) }, 'name'],
    ['a long description', { name: 'n', description: 'x'.repeat(2_001) }, 'description'],
    ['a huge avatar', { name: 'n', avatarUrl: 'x'.repeat(1_048_577) }, 'avatarUrl'],
  ])('is not made of %s', async (_name, body, field) => {
    const mark = unique('mark');
    const marked = { description: mark, avatarUrl: mark, ...body };
    expectProblem(await api.post('/api/groups', marked), 422, 'validation_failed', field);
    expect(JSON.stringify(await allGroups(api))).not.toContain(mark);
  });

  it('keeps its name when it is changed badly', async () => {
    const id = unique('kept');
    const before = await createGroup(api, { id, name: 'One' });
    for (const [body, field] of [
      [{ name: null }, 'name'],
      [{ name: 5 }, 'name'],
      [{ name: 'Two', description: [] }, 'description'],
      [{ name: 'Two', avatarUrl: {} }, 'avatarUrl'],
    ] as const)
      expectProblem(await api.put(`/api/groups/${id}`, body), 422, 'validation_failed', field);
    expect(await getGroup(api, id)).toEqual({ ...before, lastMessagePreview: null });
  });
});
