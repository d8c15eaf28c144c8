import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { createGroup, getGroup } from '#test/http/support/groups.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at, latest, say, unique } from '#test/http/support/rooms.ts';

const api = useApi();

describe('deleting a group', () => {
  it('empties its room at once, takes its members, and leaves a room in which seq goes on', async () => {
    const id = unique('deleted');
    await createGroup(api, { id, name: id });
    const messages = [await say(api, id), await say(api, id), await say(api, id)];
    await api.post(`/api/groups/${id}/members`, { username: 'Ada' });
    const { etag } = (await api.get(`${at(id)}/latest`)).headers;
    const answer = await api.delete(`/api/groups/${id}`, { any: 'body' });
    expect(answer.json()).toEqual({ success: true });

    expect(await latest(api, id)).toEqual([]);
    const asked = await api.get(`${at(id)}/latest`, { headers: { 'if-none-match': etag } });
    expect(asked).toMatchObject({ status: 200, text: '[]' });
    const { messageId, timestamp } = messages[0]!;
    for (const path of [`/by-id/${messageId}`, `/by-ts/${timestamp}`, `/around/${messageId}`])
      expectProblem(await api.get(at(id) + path), 404, 'message_not_found');
    expectProblem(await api.put(`${at(id)}/${messageId}`, { newText: 'x' }), 404, 'message_not_found');
    expect((await api.get(`${at(id)}/page`)).json()).toMatchObject({ items: [], nextBefore: null });
    expectProblem(await api.get(`/api/groups/${id}`), 404, 'group_not_found');
    expectProblem(await api.delete(`/api/groups/${id}`), 404, 'group_not_found');

    expect(await say(api, id, { text: 'again' })).toMatchObject({ seq: 4, replyTo: null });
    expect(await latest(api, id)).toHaveLength(1);
    await createGroup(api, { id, name: 'New' });
    expect(await getGroup(api, id, '?includeMembers=true')).toMatchObject({
      name: 'New',
      memberCount: 0,
      lastMessagePreview: { text: 'again' },
    });
  });
});
