import type { Chat, ChatSocket, Handlers } from '#test/clients/socket-server/chat.ts';
import { tellWhoIsIn, userOf, usersIn } from '#test/clients/socket-server/chat.ts';

/** A new socket: it gets to know who is there. */
export function greet({ io }: Chat, socket: ChatSocket): void {
  const users = [...io.sockets.sockets.values()].flatMap(({ data }) => (data.user ? [data.user] : []));
  socket.emit('presence:snapshot', { users, lastActive: {} });
}

/** A socket that went without leaving its groups: members stay, a line says that he left. */
export function part(chat: Chat, { data: { user, groups } }: ChatSocket): void {
  if (!user) return;
  for (const group of groups) {
    chat.io.to(group).emit('user-left', { groupId: group, userId: user.userId, username: user.username });
    tellWhoIsIn(chat, group);
    chat.systemLines.later(group, `${user.username} left`);
  }
  chat.io.emit('presence:offline', { userId: user.userId });
}

export const sessionHandlers = {
  'session:register': async ({ api }, socket, { userId, username, avatar, bubbleColor }) => {
    socket.data.user = { userId, username, avatar, bubbleColor };
    for (const { from, at } of await api.likesOf(username))
      socket.emit('dating:liked', { from, profile: await api.profile(from), at });
    socket.emit('dm:threads', { threads: await api.threads(username) });
  },

  'update-profile': (chat, socket, { username, avatar }) => {
    const user = userOf(socket);
    socket.data.user = { ...user, username, avatar };
    const change = { userId: user.userId, oldUsername: user.username, username, avatar };
    for (const groupId of socket.data.groups) {
      chat.io.to(groupId).emit('user-profile-updated', { groupId, ...change });
      chat.io.to(groupId).emit('user-list', { groupId, users: usersIn(chat, groupId) });
    }
    socket.emit('profile-updated', change);
    chat.io.emit('presence:rename', change);
  },

  'presence:ping': ({ io }, socket) => io.emit('presence:online', { userId: userOf(socket).userId }),
} satisfies Partial<Handlers>;
