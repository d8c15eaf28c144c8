import type { Params } from '#shared/contract.ts';
import { Fault } from '#shared/errors.ts';
import type { GroupView, groupsContract } from '#services/groups/groups.contract.ts';
import { type Cards, usernameKey } from '#services/groups/member-cards.ts';
import type { Repositories } from '#services/groups/repositories.ts';
import type { MemberSummary } from '#services/groups/members.repository.ts';

type Actions = typeof groupsContract;

/** Adds a member to the room of a group, or of none; the same name again overwrites. Throws `username_required`. */
export async function addMember(repositories: Repositories, params: Params<Actions['addMember']>): Promise<void> {
  const { groupId, username, role, joinedAt } = params;
  const usernameLower = usernameKey(username ?? '');
  if (!username || !usernameLower) throw new Fault('username_required');
  const now = Date.now();
  await repositories.members.put({
    groupId: await canonicalGroup(repositories, groupId),
    username,
    usernameLower,
    role: role || 'member',
    joinedAt: joinedAt ?? now,
    updatedAt: now,
  });
}

/** Removes the member of this name, in any case, if there is one. */
export async function removeMember(
  repositories: Repositories,
  { groupId, username }: Params<Actions['removeMember']>,
): Promise<void> {
  await repositories.members.delete(await canonicalGroup(repositories, groupId), usernameKey(username));
}

const canonicalGroup = async ({ groups }: Repositories, groupId: string): Promise<string> =>
  (await groups.slugOfDatabaseId(groupId)) ?? groupId;

/** What `includeMembers` adds. Every member counts; those that never signed up have no avatar and no userId. */
export function memberFields({ count, newest }: MemberSummary, cards: Cards): Partial<GroupView> {
  return {
    memberCount: count,
    memberPreview: newest.map((member) => {
      const username = String(member.username);
      const card = cards.get(usernameKey(username));
      return { username, avatar: card?.avatarUrl ?? null, userId: card?.userId ?? null };
    }),
  };
}
