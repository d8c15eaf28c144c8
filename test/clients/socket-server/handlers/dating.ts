import { userOf, type Chat, type Handlers } from '#test/clients/socket-server/chat.ts';

const tell = ({ io }: Chat, username: string, event: string, payload: unknown): void => {
  for (const socket of io.sockets.sockets.values())
    if (socket.data.user?.username.toLowerCase() === username.toLowerCase()) socket.emit(event, payload);
};

export const datingHandlers = {
  'dating:like': async (chat, socket, { to }) => {
    const { username: from } = userOf(socket);
    await chat.api.like(from, to);
    tell(chat, to, 'dating:liked', { from, profile: await chat.api.profile(from), at: Date.now() });
  },

  'dating:unlike': async (chat, socket, { to }) => {
    const { username: from } = userOf(socket);
    await chat.api.unlike(from, to);
    tell(chat, to, 'dating:unliked', { from, profile: await chat.api.profile(from) });
  },

  'dating:profile:update': async ({ api, io }, socket) => {
    const { username } = userOf(socket);
    io.emit('dating:profile-updated', { username, profile: await api.profile(username) });
  },
} satisfies Partial<Handlers>;
