import type { Command } from '#shared/room-log/types.ts';

/** Commands as a service makes them. `id` is both messageId and text, so that a message is known by either. */

export function create(id: string, { author, key }: { author?: string; key?: string } = {}): Command {
  const username = author ?? 'Ann';
  const identity = { userId: `id-of-${username}`, username, usernameLc: username.toLowerCase() };
  const extra = { avatar: null, bubbleColor: null, kind: null, media: null, audio: null, replyTo: null };
  const idempotency = key === undefined ? {} : { author: `name:${username.toLowerCase()}`, key, keyHash: 'same' };
  const message = { messageId: id, text: id, ...identity, ...extra, previewable: true as const, ...idempotency };
  return { op: 'create', fresh: false, message };
}

export const edit = (messageId: string, newText: string): Command => ({ op: 'edit', messageId, newText });

export const remove = (messageId: string): Command => ({ op: 'delete', messageId });

export const react = (messageId: string, userId: string): Command => ({
  op: 'react',
  messageId,
  user: { userId, username: null },
  emoji: '👍',
});

export const recolour = (usernameLc: string, colour: string): Command => ({ op: 'recolour', usernameLc, colour });

export const deleteRoom = (): Command => ({ op: 'delete-room' });
