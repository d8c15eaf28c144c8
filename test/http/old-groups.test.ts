import { describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import type { GroupView } from '#services/groups/groups.contract.ts';
import { useApi } from '#test/http/support/api.ts';
import { KNOWS_DATABASE } from '#test/http/support/gateway.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { around, at, byId, changes, latest, page, say, unique } from '#test/http/support/rooms.ts';

const api = useApi();

/** A group as the older service stored it. */
async function oldGroup() {
  const [id, _id] = [unique('old'), new ObjectId()];
  await api.db.collection('groups').insertOne({ _id, id, name: id, description: null });
  return { id, databaseId: _id.toHexString() };
}

// A running gateway's database may be out of reach; then there is no old group to be had.
if (KNOWS_DATABASE)
  describe('a group of an older database', () => {
    it('is one group under its slug and its databaseId', async () => {
      const { id, databaseId } = await oldGroup();
      const view = {
        id,
        name: id,
        description: '',
        avatarUrl: null,
        databaseId,
        slug: id,
        onlineCount: 0,
        lastMessagePreview: null,
      };
      for (const name of [id, databaseId, databaseId.toUpperCase()])
        expect((await api.get(`/api/groups/${name}`)).json()).toEqual(view);
      await api.put(`/api/groups/${databaseId}`, { description: 'new' });
      expect((await api.get(`/api/groups/${id}`)).json()).toEqual({ ...view, description: 'new' });
      const created = (await api.post('/api/groups', { id, name: 'Two' })).json<GroupView>();
      expect(created).toMatchObject({ id, databaseId, name: 'Two' });
    });

    it('has one room under both, everywhere', async () => {
      const { id, databaseId } = await oldGroup();
      const bySlug = await say(api, id, { username: 'Ada', text: 'slug', kind: 'audio', audio: { url: 'x' } });
      const byDatabaseId = await say(api, databaseId, { username: 'Ada', text: 'hex' });
      expect([bySlug, byDatabaseId]).toMatchObject([
        { roomId: id, groupId: id, seq: 1 },
        { roomId: id, groupId: id, seq: 2 },
      ]);
      const { messageId } = bySlug;
      await api.put(`${at(databaseId)}/${messageId}`, { newText: 'edited' });
      await api.post(`${at(databaseId)}/${messageId}/reactions`, { emoji: 'x', user: { userId: 'u' } });
      await api.post(`${at(databaseId)}/user-bubble-color`, { username: 'Ada', color: '#123' });
      await api.delete(`${at(id)}/${byDatabaseId.messageId}`);
      const [first, second] = await latest(api, id);
      expect(first).toMatchObject({ text: 'edited', bubbleColor: '#123', reactions: { u: { emoji: 'x' } } });
      expect(second).toMatchObject({ deleted: true });

      for (const name of [databaseId, databaseId.toUpperCase()]) {
        expect(await latest(api, name)).toEqual(await latest(api, id));
        expect(await latest(api, name, '?count=1')).toEqual([second]);
        expect(await page(api, name)).toEqual(await page(api, id));
        expect(await around(api, name, messageId)).toEqual(await around(api, id, messageId));
        expect(await changes(api, name)).toEqual(await changes(api, id));
        expect(await byId(api, name, messageId)).toEqual(first);
        expect((await api.get(`${at(name)}/by-ts/${bySlug.timestamp}`)).json()).toEqual(first);
        expect((await api.get('/api/inbox/previews', { headers: { 'x-joined-groups': name } })).json()).toMatchObject({
          previews: [{ threadId: id, text: 'edited' }],
        });
        const { items } = (await api.get(`/api/users/ada/recordings?groupId=${name}`)).json<{ items: object[] }>();
        expect(items).toMatchObject([{ roomId: id, messageId }]);
      }
      const [a, b] = await Promise.all([api.get(`${at(id)}/latest`), api.get(`${at(databaseId)}/latest`)]);
      expect(a.headers.etag).toBe(b.headers.etag);
    });

    it('has one set of members under both', async () => {
      const { id, databaseId } = await oldGroup();
      await api.post(`/api/groups/${id}/members`, { username: 'Ada' });
      await api.post(`/api/groups/${databaseId}/members`, { username: 'ada' });
      await api.post(`/api/groups/${databaseId}/members`, { username: 'Bob' });
      for (const name of [id, databaseId])
        expect((await api.get(`/api/groups/${name}?includeMembers=1`)).json()).toMatchObject({ memberCount: 2 });
      await api.delete(`/api/groups/${databaseId}/members/ADA`);
      expect((await api.get(`/api/groups/${id}?includeMembers=1`)).json()).toMatchObject({ memberCount: 1 });
    });

    it('is deleted under its databaseId, which goes on naming the room', async () => {
      const { id, databaseId } = await oldGroup();
      await say(api, databaseId);
      expect((await api.delete(`/api/groups/${databaseId}`)).json()).toEqual({ success: true });
      for (const name of [id, databaseId]) {
        expectProblem(await api.get(`/api/groups/${name}`), 404, 'group_not_found');
        expect(await latest(api, name)).toEqual([]);
      }
      expect(await say(api, databaseId)).toMatchObject({ roomId: id, seq: 2 });
      expect(await latest(api, id)).toHaveLength(1);
      await api.post('/api/groups', { id, name: 'New' });
      expect((await api.get(`/api/groups/${databaseId}`)).json()).toMatchObject({ id, name: 'New' });
    });

    it('that lacks fields, or has them of other types, harms no list', async () => {
      const _id = new ObjectId();
      await api.db.collection('groups').insertOne({ _id, id: Math.floor(Math.random() * 1e9) as unknown, name: null });
      const { groups, total } = (await api.get('/api/groups?limit=200&includeMembers=true')).json<{
        groups: GroupView[];
        total: number;
      }>();
      expect(total).toBeGreaterThan(0);
      const found = groups.find(({ databaseId }) => databaseId === _id.toHexString())!;
      expect(found).toMatchObject({ name: '', description: '', avatarUrl: null });
      expect((await api.get(`/api/groups/${found.id}`)).json()).toMatchObject({ databaseId: _id.toHexString() });
      expect((await api.delete(`/api/groups/${_id.toHexString()}`)).status).toBe(200);
    });
  });

describe('an id of 24 hex digits that no group has', () => {
  it('is a room like any other', async () => {
    const id = new ObjectId().toHexString();
    expect(await latest(api, id)).toEqual([]);
    expect(await say(api, id)).toMatchObject({ roomId: id, seq: 1 });
    expect(await latest(api, id)).toHaveLength(1);
    expectProblem(await api.get(`/api/groups/${id}`), 404, 'group_not_found');
  });
});
