import { Fault } from '#shared/errors.ts';
import type { Params } from '#shared/contract.ts';
import { checkCreator } from '#services/groups/creator.ts';
import type { GroupView, groupsContract } from '#services/groups/groups.contract.ts';
import type { GroupsRepository } from '#services/groups/groups.repository.ts';
import { groupView } from '#services/groups/group-view.ts';

type Update = Params<(typeof groupsContract)['update']>;

/** Sets the fields that were sent; a null description or avatar removes it. 404 for an unknown group, 403 for a user who did not make it. */
export async function updateGroup(repository: GroupsRepository, { groupId, by, ...sent }: Update): Promise<GroupView> {
  const group = await repository.find(groupId);
  if (!group) throw new Fault('group_not_found');
  checkCreator(group, by);
  // A field that was not sent may still be here, as undefined.
  const fields = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
  if (Object.keys(fields).length === 0) return groupView(group);
  const updated = await repository.update(group._id, fields, Date.now(), by);
  if (!updated) throw new Fault('group_not_found');
  return groupView(updated);
}
