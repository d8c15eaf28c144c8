import type { Context } from 'moleculer';
import { Fault } from '#shared/errors.ts';
import type { Params } from '#shared/contract.ts';
import type { GroupView, groupsContract } from '#services/groups/groups.contract.ts';
import type { Repositories } from '#services/groups/repositories.ts';
import { groupView } from '#services/groups/group-view.ts';
import { summaries } from '#services/groups/summaries.ts';

type Get = Params<(typeof groupsContract)['get']>;

/** One group by id or databaseId, with its preview and, where asked for, its members. 404 for an unknown one. */
export async function getGroup(
  ctx: Context,
  repositories: Repositories,
  { groupId, ...members }: Get,
): Promise<GroupView> {
  const group = await repositories.groups.find(groupId);
  if (!group) throw new Fault('group_not_found');
  const [details] = await summaries(ctx, repositories, [group], members);
  return { ...groupView(group), ...details };
}
