import { callAction } from '#services/api-gateway/handlers/call-action.ts';
import { withAvatar } from '#services/api-gateway/handlers/with-avatar.ts';
import { presence, PROMETHEUS_TYPE } from '#services/api-gateway/handlers/presence.ts';
import { group, groupWithPreview, ids } from '#services/api-gateway/routes/examples.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const tag = 'Groups';
const path = { groupId: ids.room };
const members = { memberCount: 1, memberPreview: [{ username: 'alice', avatar: null, userId: 'u_1' }] };

export const groupRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/groups',
    access: 'public',
    tag,
    action: 'groups.list',
    query: ['includeOnline', 'includeMembers', 'membersLimit', 'limit', 'offset'],
    handle: callAction,
    summary: 'List groups',
    description: 'Sorted by name, with the newest message of each.',
    errors: ['validation_failed'],
    example: { query: { limit: 50 }, response: { groups: [groupWithPreview], total: 1, hasMore: false } },
  },
  {
    method: 'POST',
    path: '/api/groups',
    access: 'owner',
    owned: 'group',
    tag,
    action: 'groups.create',
    body: ['id', 'name', 'description', 'avatarUrl'],
    handle: withAvatar('avatarUrl', callAction),
    summary: 'Create a group',
    description:
      'Without an id one is made from the name. The same id again updates the group of that id; with a user’s token ' +
      'only who created it may do that.',
    errors: ['validation_failed'],
    example: { body: { name: 'Fun Room', description: 'For everything else' }, response: group },
  },
  {
    method: 'GET',
    path: '/api/groups/:groupId',
    access: 'public',
    tag,
    action: 'groups.get',
    query: ['includeMembers', 'membersLimit'],
    handle: callAction,
    summary: 'Get a group',
    errors: ['group_not_found', 'validation_failed'],
    example: { path, query: { includeMembers: true }, response: { ...groupWithPreview, ...members } },
  },
  {
    method: 'PUT',
    path: '/api/groups/:groupId',
    access: 'owner',
    owned: 'group',
    tag,
    action: 'groups.update',
    body: ['name', 'description', 'avatarUrl'],
    handle: withAvatar('avatarUrl', callAction),
    summary: 'Change a group',
    description: 'Changes the fields that are sent and leaves the others.',
    errors: ['group_not_found', 'validation_failed'],
    example: { path, body: { name: 'Fun Room' }, response: group },
  },
  {
    method: 'DELETE',
    path: '/api/groups/:groupId',
    access: 'owner',
    owned: 'group',
    tag,
    action: 'groups.remove',
    handle: callAction,
    summary: 'Delete a group and all its messages',
    description: 'The room is empty at once, however many messages it had.',
    errors: ['group_not_found', 'validation_failed'],
    example: { path, response: { success: true } },
  },
  {
    method: 'POST',
    path: '/api/groups/:groupId/members',
    access: 'owner',
    actor: { username: 'username' },
    tag,
    action: 'groups.addMember',
    body: ['username', 'role', 'joinedAt'],
    handle: callAction,
    summary: 'Add a member',
    errors: ['username_required', 'validation_failed'],
    example: { path, body: { username: 'alice', role: 'member' }, response: { success: true } },
  },
  {
    method: 'DELETE',
    path: '/api/groups/:groupId/members/:username',
    access: 'owner',
    actor: { username: 'username' },
    tag,
    action: 'groups.removeMember',
    handle: callAction,
    summary: 'Remove a member',
    description: 'Succeeds also when there was nobody of that name.',
    errors: ['validation_failed'],
    example: { path: { ...path, username: 'alice' }, response: { success: true } },
  },
  {
    method: 'GET',
    path: '/api/metrics/presence',
    access: 'public',
    tag,
    action: 'groups.presence',
    handle: presence,
    summary: 'Who is online, for Prometheus',
    resultType: PROMETHEUS_TYPE,
    example: {
      response: '# TYPE truematch_group_online_users gauge\ntruematch_group_online_users{group="fun-room"} 3\n',
    },
  },
];
