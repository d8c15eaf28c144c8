import { lookUp, owns, userOf, type Chat, type Handlers } from '#test/clients/socket-server/chat.ts';
import type { ClientEvents } from '#test/clients/socket-server/events.ts';
import type { Quote } from '#test/clients/support/types.ts';

const NOT_ALLOWED = 'Not allowed or message missing';

/** What the server lets through of a group's media. */
const MEDIA_FIELDS = ['original', 'preview', 'gif', 'thumbnail', 'type'];

const normalMedia = (media: Record<string, unknown>) =>
  Object.fromEntries(MEDIA_FIELDS.flatMap((field) => (field in media ? [[field, media[field]]] : [])));

/** The quote as the API knows it, else as the client sent it. */
async function quoteFor(chat: Chat, sent: ClientEvents['message']): Promise<Quote | undefined> {
  const { groupId, replyToMessageId, replyTo } = sent;
  const messageId = replyToMessageId ?? replyTo?.messageId;
  if (!messageId) return replyTo;
  const target = await lookUp(chat, groupId, { messageId });
  return target ? quoteOf(target) : replyTo;
}

export const quoteOf = ({ messageId, username, text, timestamp, kind, media, audio, deleted }: Quote): Quote => ({
  messageId,
  username,
  text,
  timestamp,
  kind,
  media,
  audio,
  deleted,
});

export const messageHandlers = {
  message: async (chat, socket, sent) => {
    const { groupId, text, localId, kind, media, audio, replyToMessageId } = sent;
    const replyTo = await quoteFor(chat, sent);
    const message = await chat.api.send(groupId, {
      ...userOf(socket),
      text,
      kind,
      media: media && normalMedia(media),
      audio,
      replyTo,
      replyToMessageId,
    });
    chat.io.to(groupId).emit('message', { groupId, message: message && { ...message, localId } });
  },

  'edit-message': async (chat, socket, { groupId, newText, ...target }) => {
    const found = await lookUp(chat, groupId, target);
    if (!found || !owns(userOf(socket), found)) return socket.emit('edit-error', { groupId, message: NOT_ALLOWED });
    const { messageId } = found;
    const done = await chat.api.edit(groupId, messageId, newText);
    const lastEditedAt = done?.lastEditedAt ?? new Date().toISOString();
    chat.io.to(groupId).emit('message-edited', { groupId, messageId, newText, lastEditedAt });
  },

  'delete-message': async (chat, socket, { groupId, ...target }) => {
    const found = await lookUp(chat, groupId, target);
    if (!found || !owns(userOf(socket), found)) return socket.emit('delete-error', { groupId, message: NOT_ALLOWED });
    const { messageId } = found;
    await chat.api.remove(groupId, messageId);
    chat.io.to(groupId).emit('message-deleted', { groupId, messageId, deletedAt: new Date().toISOString() });
  },

  'react-message': async (chat, socket, { groupId, emoji, messageId, timestamp }) => {
    const id = messageId ?? (await lookUp(chat, groupId, { timestamp }))?.messageId;
    if (!id) return socket.emit('reaction-error', { groupId, message: 'Not found' });
    const done = await chat.api.react(groupId, id, emoji, userOf(socket));
    const reactions = done?.reactions ?? {};
    chat.io.to(groupId).emit('message-reaction', { groupId, messageId: id, summary: done?.summary, reactions });
  },
} satisfies Partial<Handlers>;
