import { callWithGroup } from '#services/api-gateway/handlers/call-action.ts';
import { inboxPreviews } from '#services/api-gateway/handlers/inbox.ts';
import { ids, message } from '#services/api-gateway/routes/examples.ts';
import { roomRoutes } from '#services/api-gateway/routes/rooms.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const tag = 'Messages';

export const messageRoutes: readonly Route[] = [
  ...roomRoutes({ tag, base: '/api/messages/:room', parameter: 'room', service: 'messages', post: '' }),
  {
    method: 'GET',
    path: '/api/inbox/previews',
    access: 'user',
    actor: { user: 'username' },
    tag,
    action: 'messages.inbox',
    query: ['user'],
    headers: [{ name: 'X-Joined-Groups', description: 'Group ids, separated by commas; the first 200 count.' }],
    handle: inboxPreviews,
    summary: 'The newest message of several groups, and of a user\u2019s DMs',
    errors: ['validation_failed'],
    example: {
      query: { user: 'alice' },
      headers: { 'X-Joined-Groups': ids.room },
      response: {
        previews: [
          {
            threadId: ids.room,
            username: 'alice',
            text: message.text,
            kind: null,
            timestamp: message.timestamp,
            media: null,
          },
        ],
      },
    },
  },
  {
    method: 'GET',
    path: '/api/users/:username/recordings',
    access: 'public',
    tag,
    action: 'messages.recordings',
    query: ['limit', 'groupId'],
    handle: callWithGroup,
    summary: 'The voice messages of a user',
    description: 'Newest first, from group rooms.',
    errors: ['username_required', 'validation_failed'],
    example: {
      path: { username: 'alice' },
      query: { limit: 50 },
      response: {
        items: [
          {
            roomId: ids.room,
            groupId: ids.room,
            messageId: ids.message,
            timestamp: message.timestamp,
            createdAt: message.createdAt,
            username: 'alice',
            kind: 'audio',
            audio: { url: 'https://media.example.com/a.webm', durationMs: 4_200 },
            reactions: {},
          },
        ],
      },
    },
  },
];
