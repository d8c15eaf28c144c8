import { tellWhoIsIn, userOf, type Handlers } from '#test/clients/socket-server/chat.ts';
import { filtered } from '#test/clients/socket-server/filtered.ts';

export const groupHandlers = {
  join: async (chat, socket, { groupId, userId, username, avatar, bubbleColor }) => {
    const { api } = chat;
    if (!(await chat.group(groupId))) return socket.emit('error', { message: 'Group not found' });
    socket.data.user = { userId, username, avatar, bubbleColor };
    const first = !socket.data.groups.has(groupId);
    socket.data.groups.add(groupId);
    await socket.join(groupId);
    if (bubbleColor) await api.recolour(groupId, username, bubbleColor);

    const filters = await api.messageFilters(userId);
    socket.emit('filters:snapshot', filters);
    socket.emit('message-history', { groupId, messages: filtered(await api.latest(groupId), filters, groupId) });
    if (first) {
      void api.addMember(groupId, username);
      socket.to(groupId).emit('user-joined', { groupId, userId, username });
      chat.systemLines.later(groupId, `${username} joined`);
    }
    tellWhoIsIn(chat, groupId);
    chat.io.emit('presence:online', { userId });
  },

  leave: async (chat, socket, { groupId }) => {
    const { userId, username } = userOf(socket);
    socket.data.groups.delete(groupId);
    await socket.leave(groupId);
    void chat.api.removeMember(groupId, username);
    chat.io.to(groupId).emit('user-left', { groupId, userId, username });
    tellWhoIsIn(chat, groupId);
    chat.systemLines.later(groupId, `${username} left`);
  },

  'update-bubble-color': async (chat, socket, { color }) => {
    const user = { ...userOf(socket), bubbleColor: color };
    socket.data.user = user;
    for (const groupId of socket.data.groups) {
      await chat.api.recolour(groupId, user.username, color);
      tellWhoIsIn(chat, groupId);
      chat.io.to(groupId).emit('user-color-change', { groupId, userId: user.userId, color });
    }
  },

  'filters:refresh': async ({ api }, socket, { groupId, includeHistory }) => {
    const filters = await api.messageFilters(userOf(socket).userId);
    socket.emit('filters:snapshot', filters);
    if (!includeHistory) return;
    const messages = filtered(await api.latest(groupId), filters, groupId);
    if (groupId.startsWith('dm:')) socket.emit('dm:history', { dmId: groupId, messages });
    else socket.emit('message-history', { groupId, messages });
  },
} satisfies Partial<Handlers>;
