import type { Server, Socket } from 'socket.io';
import type { ChatApi, User } from '#test/clients/socket-server/chat-api.ts';
import type { ClientEvent, ClientEvents, Target } from '#test/clients/socket-server/events.ts';
import type { SystemLines } from '#test/clients/socket-server/system-lines.ts';
import type { Group, Message } from '#test/clients/support/types.ts';

/** What the server remembers of a socket. */
export interface Session {
  user?: User;
  /** Groups that it joined, by the id that it used. */
  groups: Set<string>;
}

export type ChatSocket = Socket<Record<string, never>, Events, Record<string, never>, Session>;
type Events = Record<string, (payload: unknown) => void>;
export type ChatServer = Server<Record<string, never>, Events, Record<string, never>, Session>;

export interface Chat {
  io: ChatServer;
  api: ChatApi;
  systemLines: SystemLines;
  /** The group of an id, at most 10 s old. */
  group: (id: string) => Promise<Group | null>;
}

export type Handlers = { [E in ClientEvent]: (chat: Chat, socket: ChatSocket, payload: ClientEvents[E]) => unknown };

/** Who the socket says it is. */
export function userOf(socket: ChatSocket): User {
  const { user } = socket.data;
  if (!user) throw new Error('the socket has not said who it is');
  return user;
}

/** Everybody in a group, each once. */
export function usersIn({ io }: Chat, group: string): User[] {
  const sockets = [...io.sockets.sockets.values()].filter(({ data }) => data.groups.has(group));
  return [...new Map(sockets.map((socket) => [userOf(socket).userId, userOf(socket)])).values()];
}

/** Tells a group who is there, and everybody how many. */
export function tellWhoIsIn(chat: Chat, groupId: string): void {
  const users = usersIn(chat, groupId);
  chat.io.to(groupId).emit('user-list', { groupId, users });
  chat.io.emit('online-counts', { [groupId]: users.length });
}

/** The message that a client means: by id, else among the newest hundred; by timestamp when that is all there is. */
export async function lookUp({ api }: Chat, room: string, { messageId, timestamp }: Target): Promise<Message | null> {
  if (messageId === undefined) return timestamp === undefined ? null : api.byTimestamp(room, timestamp);
  const found = await api.byId(room, messageId);
  return found ?? (await api.latest(room)).find((one) => one.messageId === messageId) ?? null;
}

/** Whether a message is the user's own: by userId, where both have one. */
export const owns = (user: User, message: Message): boolean =>
  user.userId && message.userId ? user.userId === message.userId : user.username === message.username;
