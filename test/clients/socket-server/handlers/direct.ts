import { lookUp, owns, userOf, type Chat, type ChatSocket, type Handlers } from '#test/clients/socket-server/chat.ts';
import { filtered } from '#test/clients/socket-server/filtered.ts';
import { quoteOf } from '#test/clients/socket-server/handlers/messages.ts';

const NOT_ALLOWED = 'Not allowed or message missing';

const namesOf = (dmId: string): string[] =>
  dmId
    .slice('dm:'.length)
    .split('|')
    .map((name) => name.trim().toLowerCase());

/** Sockets of the two people that have not opened the thread, or under another spelling. */
function outsiders({ io }: Chat, dmId: string): ChatSocket[] {
  const names = namesOf(dmId);
  return [...io.sockets.sockets.values()].filter(
    ({ rooms, data: { user } }) => user && names.includes(user.username.toLowerCase()) && !rooms.has(dmId),
  );
}

export const directHandlers = {
  'dm:join': async ({ api, io }, socket, { dmId, userId, username, avatar }) => {
    socket.data.user = { ...socket.data.user, userId, username, avatar };
    await socket.join(dmId);
    const filters = await api.messageFilters(userId);
    socket.emit('filters:snapshot', filters);
    socket.emit('dm:history', { dmId, messages: filtered(await api.latest(dmId), filters, dmId) });
    io.to(dmId).emit('dm:participants', { dmId, participants: namesOf(dmId) });
  },

  'dm:message': async (chat, socket, { dmId, text, localId, kind, media, audio, replyTo, replyToMessageId }) => {
    const quoted = replyToMessageId ?? replyTo?.messageId;
    const target = quoted ? await lookUp(chat, dmId, { messageId: quoted }) : null;
    if (quoted && !target) socket.emit('reply-warn', { dmId, message: 'Original message not found' });
    const quote = target ? quoteOf(target) : undefined;
    const message = await chat.api.send(dmId, { ...userOf(socket), text, kind, media, audio, replyTo: quote });
    const payload = { dmId, message: message && { ...message, dmId, localId } };
    chat.io.to(dmId).emit('dm:message', payload);
    for (const outsider of outsiders(chat, dmId)) outsider.emit('dm:message', payload);
  },

  /** Does not wait for the message it looks up, so it never finds it. */
  'dm:edit': (chat, socket, { dmId, messageId }) => {
    void chat.api.byId(dmId, messageId);
    socket.emit('dm:edit-error', { dmId, messageId, message: NOT_ALLOWED });
  },

  'dm:delete': async (chat, socket, { dmId, target }) => {
    const found = await lookUp(chat, dmId, target);
    if (!found || !owns(userOf(socket), found)) return socket.emit('dm:delete-error', { dmId, message: NOT_ALLOWED });
    await chat.api.remove(dmId, found.messageId);
    const { messageId } = found;
    chat.io.to(dmId).emit('dm:delete', { dmId, messageId, deletedAt: new Date().toISOString() });
  },

  'dm:react': async ({ api, io }, socket, { dmId, messageId, emoji }) => {
    const done = await api.react(dmId, messageId, emoji, userOf(socket));
    const reactions = done?.reactions ?? {};
    io.to(dmId).emit('dm:reaction', { dmId, messageId, summary: done?.summary, reactions });
  },

  'dm:typing': (_chat, socket, { dmId, typing }) =>
    socket.to(dmId).emit('dm:typing', { dmId, typing, username: userOf(socket).username }),
} satisfies Partial<Handlers>;
