import type { Context } from 'moleculer';
import type { Params, Result } from '#shared/contract.ts';
import type { groupsContract } from '#services/groups/groups.contract.ts';
import type { Repositories } from '#services/groups/repositories.ts';
import type { OnlineCounts } from '#services/groups/online-counts.ts';
import { summaries } from '#services/groups/summaries.ts';
import { databaseIdOf, groupView, slugOf } from '#services/groups/group-view.ts';

const DEFAULT_LIMIT = 50;
const NOBODY: ReadonlyMap<string, number> = new Map();

type List = (typeof groupsContract)['list'];

/** A page of groups, with their previews and, where asked for, online counts and members. */
export async function listGroups(
  ctx: Context,
  { repositories, online }: { repositories: Repositories; online: OnlineCounts },
  { limit = DEFAULT_LIMIT, offset = 0, includeOnline = false, ...members }: Params<List>,
): Promise<Result<List>> {
  const counting = includeOnline ? online.get() : NOBODY;
  const { groups, total, hasMore } = await repositories.groups.page(limit, offset);
  const [details, counts] = await Promise.all([summaries(ctx, repositories, groups, members), counting]);
  return {
    groups: groups.map((group, index) => {
      // Clients of old groups join under both ids: the same people twice.
      const onlineCount = Math.max(counts.get(slugOf(group)) ?? 0, counts.get(databaseIdOf(group)) ?? 0);
      return { ...groupView(group, onlineCount), ...details[index] };
    }),
    total,
    hasMore,
  };
}
