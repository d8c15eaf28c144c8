import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GroupsBroker, preview, startGroups } from '#test/services/groups/groups-broker.ts';

let groups: Awaited<ReturnType<typeof startGroups>>;
let call: GroupsBroker['call'];
beforeAll(async () => {
  groups = await startGroups();
  ({ call } = groups);
});
afterAll(() => groups.stop());

describe('the list of groups', () => {
  it('is empty at first', async () => {
    expect(await call('groups.list', {})).toEqual({ groups: [], total: 0, hasMore: false });
  });

  it('is sorted by the bytes of the names, then by id, and pages without gap or repeat', async () => {
    const made: [string, string][] = [
      ['z1', 'b'],
      ['é', 'é'],
      ['b', 'B'],
      ['a2', 'a'],
      ['a1', 'a'],
      ['ab', 'ab'],
    ];
    for (const [id, name] of made) await call('groups.create', { id, name });
    const wanted = ['b', 'a1', 'a2', 'ab', 'z1', 'é'];

    const all = await call('groups.list', {});
    expect(all.groups.map((one) => one.id)).toEqual(wanted);
    expect(all).toMatchObject({ total: 6, hasMore: false });

    for (const [offset, hasMore] of [
      [0, true],
      [2, true],
      [4, false],
    ] as const) {
      const page = await call('groups.list', { limit: 2, offset });
      expect(page.groups.map((one) => one.id)).toEqual(wanted.slice(offset, offset + 2));
      expect(page).toMatchObject({ total: 6, hasMore });
    }
    expect(await call('groups.list', { offset: 6 })).toEqual({ groups: [], total: 6, hasMore: false });
    expect(await call('groups.list', { offset: Number.MAX_SAFE_INTEGER })).toMatchObject({ groups: [], total: 6 });
  });

  it('asks once for the previews of all its groups, and puts each where it belongs', async () => {
    groups.messages.previews.set('a2', preview({ text: 'in a2' }));
    groups.messages.asked.length = 0;
    const { groups: listed } = await call('groups.list', {});
    expect(groups.messages.asked).toEqual([['b', 'a1', 'a2', 'ab', 'z1', 'é']]);
    expect(listed[2]).toEqual({
      id: 'a2',
      name: 'a',
      description: '',
      avatarUrl: null,
      databaseId: 'a2',
      slug: 'a2',
      onlineCount: 0,
      lastMessagePreview: preview({ text: 'in a2' }),
      lastMessageAt: 1_700_000_000_000,
      lastActiveAt: 1_700_000_000_000,
      summaryFetchedAt: 1_700_000_000_000,
    });
    expect(listed.filter((one) => one.lastMessagePreview !== null)).toHaveLength(1);
  });

  it('leaves out avatars over 64 KiB', async () => {
    await call('groups.update', { groupId: 'a1', avatarUrl: 'x'.repeat(64 * 1024) });
    await call('groups.update', { groupId: 'a2', avatarUrl: 'x'.repeat(64 * 1024 + 1) });
    const { groups: listed } = await call('groups.list', {});
    expect(listed[1]?.avatarUrl).toHaveLength(64 * 1024);
    expect(listed[2]?.avatarUrl).toBeNull();
  });

  it('takes numbers and booleans as a query has them', async () => {
    const query = { limit: '1', offset: '1', includeMembers: 'YES', membersLimit: '3' };
    const page = await groups.broker.call('groups.list', query);
    expect(page).toMatchObject({ groups: [{ id: 'a1', memberCount: 0, memberPreview: [] }], hasMore: true });
  });

  it.each([
    { limit: 0 },
    { limit: 201 },
    { limit: 'x' },
    { limit: '' },
    { offset: -1 },
    { offset: 1e300 },
    { membersLimit: 0 },
    { membersLimit: 11 },
    { includeMembers: 'perhaps' },
    { includeOnline: [] },
    { limit: { $gt: 1 } },
  ])('is refused for %j', async (query) => {
    await expect(groups.broker.call('groups.list', query)).rejects.toMatchObject({ code: 422 });
  });
});
