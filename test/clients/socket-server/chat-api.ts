import type { ApiClient } from '#test/clients/socket-server/api-client.ts';
import type { Filters, Group, Like, Message, ReactionResult, Thread } from '#test/clients/support/types.ts';

export type NewMessage = Record<string, unknown>;

export interface User {
  userId: string;
  username: string;
  avatar?: string;
  bubbleColor?: string;
}

const part = encodeURIComponent;

/** History that a socket gets, and the window in which a message is looked for that by-id does not find. */
const WINDOW = 100;

/** The calls of the socket server, each with what it makes of a failure. A DM's room is its dmId. */
export class ChatApi {
  readonly client: ApiClient;

  constructor(client: ApiClient) {
    this.client = client;
  }

  group = (id: string) => this.client.read<Group | null>(`/groups/${part(id)}`, null);

  addMember = (group: string, username: string) =>
    this.client.write('POST', `/groups/${part(group)}/members`, member(username), null);

  removeMember = (group: string, username: string) =>
    this.client.write('DELETE', `/groups/${part(group)}/members/${part(username)}`, undefined, null);

  latest = (room: string) => this.client.read<Message[]>(`/messages/${part(room)}/latest?count=${WINDOW}`, []);

  byId = (room: string, messageId: string) =>
    this.client.read<Message | null>(`/messages/${part(room)}/by-id/${part(messageId)}`, null);

  byTimestamp = (room: string, timestamp: string) =>
    this.client.read<Message | null>(`/messages/${part(room)}/by-ts/${part(timestamp)}`, null);

  /** A failure is null: the room is told of a message that there is not. */
  send = (room: string, message: NewMessage) =>
    this.client.write<Message | null>('POST', `/messages/${part(room)}`, message, null);

  /** Shown as done also when it failed. */
  edit = (room: string, messageId: string, newText: string) =>
    this.client.write<{ lastEditedAt: string } | null>('PUT', one(room, messageId), { newText }, null);

  /** Shown as done also when it failed. */
  remove = (room: string, messageId: string) => this.client.write('DELETE', one(room, messageId), undefined, null);

  /** A failure is null: it empties the reactions that are shown. */
  react = (room: string, messageId: string, emoji: string | null, { userId, username }: User) =>
    this.client.write<ReactionResult | null>(
      'POST',
      `${one(room, messageId)}/reactions`,
      { emoji, user: { userId, username } },
      null,
    );

  recolour = (room: string, username: string, color: string) =>
    this.client.write('POST', `/messages/${part(room)}/user-bubble-color`, { username, color }, null);

  messageFilters = (userId: string) =>
    this.client.read<Filters>(`/users/${part(userId)}/message-filters`, { items: [] });

  async threads(user: string): Promise<Thread[]> {
    const answer = await this.client.read<Thread[] | { threads: Thread[] }>(
      `/dm/threads?user=${part(user.toLowerCase())}`,
      [],
    );
    return Array.isArray(answer) ? answer : answer.threads;
  }

  likesOf = (user: string) => this.client.read<Like[]>(`/dating/likes/incoming?user=${part(user)}`, []);

  async profile(username: string): Promise<unknown> {
    const found = await this.client.read<unknown[]>(`/dating/profiles/batch?users=${part(username)}`, []);
    return found[0] ?? null;
  }

  like = (from: string, to: string) => this.client.write('POST', '/dating/likes', { from, to }, null);

  unlike = (from: string, to: string) => this.client.write('DELETE', '/dating/likes', { from, to }, null);
}

const one = (room: string, messageId: string): string => `/messages/${part(room)}/${part(messageId)}`;

const member = (username: string) => ({ username, role: 'member', joinedAt: Date.now() });
