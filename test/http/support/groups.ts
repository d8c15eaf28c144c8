import { expect } from '@jest/globals';
import type { GroupView } from '#services/groups/groups.contract.ts';
import type { Api } from '#test/http/support/api.ts';
import { undisturbed } from '#test/http/support/undisturbed.ts';

export interface GroupList {
  groups: GroupView[];
  total: number;
  hasMore: boolean;
}

export async function createGroup(api: Api, body: object): Promise<GroupView> {
  const answer = await api.post('/api/groups', body);
  expect(answer).toMatchObject({ status: 200 });
  return answer.json<GroupView>();
}

export const getGroup = async (api: Api, id: string, query = ''): Promise<GroupView> =>
  (await api.get(`/api/groups/${encodeURIComponent(id)}${query}`)).json<GroupView>();

export const listGroups = async (api: Api, query = ''): Promise<GroupList> =>
  (await api.get(`/api/groups${query}`)).json<GroupList>();

/** All groups, however many pages they take. What others create or delete meanwhile may be missing or there twice. */
export async function allGroups(api: Api, query = ''): Promise<GroupView[]> {
  const all: GroupView[] = [];
  for (;;) {
    const { groups, hasMore } = await listGroups(api, `?limit=200&offset=${all.length}${query}`);
    all.push(...groups);
    if (!hasMore) return all;
  }
}

/** The group as the list shows it. */
export const listedGroup = (api: Api, id: string, query = ''): Promise<GroupView> =>
  undisturbed(async () => {
    const found = (await allGroups(api, query)).filter((one) => one.id === id);
    expect(found).toHaveLength(1);
    return found[0]!;
  });
