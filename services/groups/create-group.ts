import { invalid } from '#shared/errors.ts';
import type { Params } from '#shared/contract.ts';
import type { GroupView, groupsContract } from '#services/groups/groups.contract.ts';
import type { GroupsRepository } from '#services/groups/groups.repository.ts';
import { newIdProblem, slugFromName } from '#services/groups/group-id.ts';
import { groupView } from '#services/groups/group-view.ts';

type Create = Params<(typeof groupsContract)['create']>;

/**
 * Makes a group, or overwrites name, description and avatar of the one with this id: what is not sent becomes null
 * (the name ''). 422 without id and name, and for a new id that would be taken for something else. 403 for a
 * user who did not make the group of this id.
 */
export async function createGroup(repository: GroupsRepository, params: Create): Promise<GroupView> {
  const { name, description = null, avatarUrl = null, by } = params;
  const id = params.id || slugFromName(name ?? '');
  if (!id) throw invalid('name', 'is needed when there is no id');
  const fields = { name: name ?? '', description, avatarUrl };
  const now = Date.now();

  const problem = newIdProblem(id);
  if (!problem) return groupView(await repository.upsert(id, fields, now, by));
  const old = await repository.overwrite(id, fields, now, by);
  if (!old) throw invalid(params.id ? 'id' : 'name', problem);
  return groupView(old);
}
