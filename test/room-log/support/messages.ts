import type { Command, NewMessage } from '#shared/room-log/types.ts';

let count = 0;

/** A new message with an id of its own. */
export function draft(fields: Partial<NewMessage> = {}): NewMessage {
  count += 1;
  const username = fields.username ?? 'Ann';
  return {
    messageId: `m-${count}`,
    userId: username.toLowerCase(),
    username,
    usernameLc: username.toLowerCase(),
    avatar: null,
    bubbleColor: null,
    text: `text ${count}`,
    kind: null,
    media: null,
    audio: null,
    replyTo: null,
    previewable: true,
    ...fields,
  };
}

export const create = (fields: Partial<NewMessage> = {}, fresh = false): Command => ({
  op: 'create',
  message: draft(fields),
  fresh,
});

export const edit = (messageId: string, newText: string): Command => ({ op: 'edit', messageId, newText });

export const remove = (messageId: string): Command => ({ op: 'delete', messageId });

export const react = (messageId: string, userId: string, emoji: string | null): Command => ({
  op: 'react',
  messageId,
  user: { userId, username: null },
  emoji,
});

export const recolour = (usernameLc: string, colour: string): Command => ({ op: 'recolour', usernameLc, colour });

export const deleteRoom: Command = { op: 'delete-room' };
