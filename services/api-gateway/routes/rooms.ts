import { LIMITS } from '#shared/limits.ts';
import { MessageShape } from '#shared/rooms/message.shape.ts';
import { NewMessageBody } from '#shared/rooms/rooms.contract.ts';
import { Text, Type } from '#shared/schema.ts';
import { callRoomAction } from '#services/api-gateway/handlers/call-action.ts';
import { changes } from '#services/api-gateway/handlers/changes.ts';
import { createMessage } from '#services/api-gateway/handlers/create-message.ts';
import { withMessageAvatar } from '#services/api-gateway/handlers/with-avatar.ts';
import { latest } from '#services/api-gateway/handlers/latest.ts';
import { direct, ids, message, newMessage, reaction } from '#services/api-gateway/routes/examples.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

/** Where the routes of rooms are served. */
interface Mount {
  tag: string;
  /** Path of a room, with the parameter that names it. */
  base: string;
  parameter: 'room' | 'dmId';
  service: 'messages' | 'dm';
  /** Path of POST below the base: `''`, or as the clients of DMs know it. */
  post: string;
}

/** Two names, in any case and order. */
const DmId = Text(LIMITS.id, {
  pattern: '^[dD][mM]:[^|]*[^|\\s][^|]*\\|[^|]*[^|\\s][^|]*$',
  description: 'dm:alice|bob: the names of two different users',
});

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  pattern: '^[ -~]{1,200}$',
  description:
    '1 to 200 printable ASCII characters. The same key by the same author in the same room answers the message that ' +
    'was stored first, as it is now, with `Idempotent-Replayed: true`. Needs userId or username.',
};

/** What every room has, once for the paths of groups and once for those of DMs. */
export function roomRoutes({ tag, base, parameter, service, post }: Mount): Route[] {
  const sample = service === 'dm' ? direct : message;
  const room = { [parameter]: service === 'dm' ? ids.dm : ids.room };
  const one = { ...room, messageId: ids.message };
  const pathShapes: Route['pathShapes'] = service === 'dm' ? { dmId: DmId } : {};
  const common = { tag, pathShapes, rename: { [parameter]: 'room' }, handle: callRoomAction };
  const page = {
    items: [sample],
    nextBefore: sample.createdAt,
    nextAfter: null,
    nextBeforeSeq: sample.seq,
    nextAfterSeq: null,
  };
  return [
    {
      ...common,
      method: 'GET',
      path: `${base}/latest`,
      access: 'participant',
      action: `${service}.latest`,
      query: ['count'],
      handle: latest,
      summary: 'The newest messages',
      description:
        'Oldest first. A room without messages, or that nobody ever wrote to, gives an empty list. Deleted messages ' +
        'stay in the list without their text. `Server-Timing` tells where the answer came from.',
      errors: ['validation_failed'],
      result: Type.Array(MessageShape),
      example: { path: room, query: { count: 100 }, response: [sample] },
    },
    {
      ...common,
      method: 'POST',
      path: base + post,
      access: 'participant',
      actor: { userId: 'userId', username: 'username' },
      action: `${service}.create`,
      body: Object.keys(NewMessageBody),
      headers: [IDEMPOTENCY_KEY],
      handle: withMessageAvatar(createMessage),
      summary: 'Send a message',
      description:
        `Text up to ${LIMITS.text} characters; media and audio together up to ${LIMITS.mediaBytes / 1024} KiB of JSON; ` +
        'the quoted text of replyTo is cut to 2 KiB. A 200 means that the message is on disk on a majority of the database.',
      errors: [
        'idempotency_key_invalid',
        'idempotency_author_required',
        'media_too_large',
        'idempotency_key_reused',
        'validation_failed',
      ],
      result: MessageShape,
      example: { path: room, body: newMessage, response: sample },
    },
    {
      ...common,
      method: 'GET',
      path: `${base}/page`,
      access: 'participant',
      action: `${service}.page`,
      query: ['before', 'after', 'beforeSeq', 'afterSeq', 'limit'],
      summary: 'A page of messages',
      description: 'Oldest first. Give one bound, by time or by seq; without any it is the newest page.',
      errors: ['validation_failed'],
      example: { path: room, query: { limit: 50 }, response: page },
    },
    {
      ...common,
      method: 'GET',
      path: `${base}/changes`,
      access: 'participant',
      action: `${service}.changes`,
      query: ['since', 'limit', 'wait'],
      handle: changes,
      summary: 'What changed since a cursor',
      description:
        'For a client that was away: every message changed since, once, in its newest state, and a cursor to go on ' +
        'with. With `wait` the answer comes with the first change, or empty when the time is over.',
      errors: ['cursor_invalid', 'validation_failed'],
      example: { path: room, query: { since: '0', wait: 0 }, response: { items: [sample], next: '1', reset: false } },
    },
    {
      ...common,
      method: 'GET',
      path: `${base}/around/:messageId`,
      access: 'participant',
      action: `${service}.around`,
      query: ['limit'],
      summary: 'The messages around one',
      errors: ['message_not_found', 'validation_failed'],
      example: { path: one, query: { limit: 50 }, response: page },
    },
    {
      ...common,
      method: 'GET',
      path: `${base}/by-id/:messageId`,
      access: 'participant',
      action: `${service}.byId`,
      summary: 'A message by its id',
      errors: ['message_not_found', 'validation_failed'],
      example: { path: one, response: sample },
    },
    {
      ...common,
      method: 'GET',
      path: `${base}/by-ts/:timestamp`,
      access: 'participant',
      action: `${service}.byTimestamp`,
      summary: 'A message by its timestamp',
      description: 'Of several with the same timestamp the newest.',
      errors: ['message_not_found', 'validation_failed'],
      example: { path: { ...room, timestamp: sample.timestamp }, response: sample },
    },
    {
      ...common,
      method: 'PUT',
      path: `${base}/:messageId`,
      access: 'owner',
      owned: 'message',
      action: `${service}.edit`,
      body: ['newText'],
      summary: 'Edit a message',
      description: 'Quotes of the message show the new text.',
      errors: ['new_text_required', 'message_not_found', 'message_deleted', 'validation_failed'],
      example: {
        path: one,
        body: { newText: 'See you at nine' },
        response: { success: true, lastEditedAt: sample.timestamp, edited: true },
      },
    },
    {
      ...common,
      method: 'DELETE',
      path: `${base}/:messageId`,
      access: 'owner',
      owned: 'message',
      action: `${service}.remove`,
      summary: 'Delete a message',
      description: 'Its text, media and edits are gone, in quotes too; it stays in the list as deleted.',
      errors: ['message_not_found', 'validation_failed'],
      example: { path: one, response: { success: true, deletedAt: sample.timestamp } },
    },
    {
      ...common,
      method: 'POST',
      path: `${base}/:messageId/reactions`,
      access: 'participant',
      actor: { 'user.userId': 'userId', 'user.username': 'username' },
      action: `${service}.react`,
      body: ['emoji', 'user'],
      summary: 'React to a message',
      description: 'One reaction a user: the same emoji again removes it, another replaces it, none removes it.',
      errors: ['user_id_required', 'message_not_found', 'reactions_full', 'validation_failed'],
      example: {
        path: one,
        body: { emoji: reaction.emoji, user: { userId: reaction.userId, username: reaction.username } },
        response: {
          success: true,
          messageId: ids.message,
          reactions: { [reaction.userId]: reaction },
          summary: { totalCount: 1, mostRecent: reaction },
        },
      },
    },
    {
      ...common,
      method: 'POST',
      path: `${base}/user-bubble-color`,
      access: 'participant',
      actor: { username: 'username' },
      action: `${service}.recolour`,
      body: ['username', 'color'],
      summary: "Change the colour of a user's messages",
      description: 'Recolours those among the newest 500 messages of the room; older ones keep theirs.',
      errors: ['username_required', 'validation_failed'],
      example: { path: room, body: { username: 'alice', color: '#7c3aed' }, response: { success: true, updated: 1 } },
    },
    {
      ...common,
      method: 'POST',
      path: `${base}/backfill-replies`,
      access: 'participant',
      action: `${service}.backfillReplies`,
      query: ['limit'],
      summary: 'Check the quotes of the newest messages',
      description: 'Quotes are filled in whenever messages are read, so there is nothing left to update.',
      errors: ['validation_failed'],
      example: { path: room, query: { limit: 200 }, response: { checked: 2, updated: 0 } },
    },
  ];
}
