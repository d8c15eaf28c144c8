import { callAction } from '#services/api-gateway/handlers/call-action.ts';
import { direct, ids } from '#services/api-gateway/routes/examples.ts';
import { roomRoutes } from '#services/api-gateway/routes/rooms.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const tag = 'Direct messages';

const { roomId: _roomId, groupId: _groupId, dmId: _dmId, ...last } = direct;

export const dmRoutes: readonly Route[] = [
  ...roomRoutes({ tag, base: '/api/dm/:dmId', parameter: 'dmId', service: 'dm', post: '/message' }),
  {
    method: 'GET',
    path: '/api/dm/threads',
    access: 'owner',
    actor: { user: 'username' },
    tag,
    action: 'dm.threads',
    query: ['user', 'before'],
    handle: callAction,
    summary: 'The DM threads of a user',
    description: 'Newest first, with the newest message of each.',
    errors: ['cursor_invalid', 'validation_failed'],
    example: {
      query: { user: 'alice' },
      response: { threads: [{ dmId: ids.dm, latest: direct.createdAt, last }] },
    },
  },
];
