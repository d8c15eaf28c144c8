/** What the clients in the field know of the API's answers: no more than they read. */

export interface Reaction {
  emoji: string;
  at: number;
  userId: string;
  username: string | null;
}

export type Reactions = Record<string, Reaction>;

export interface Quote {
  messageId?: string | null;
  username?: string | null;
  text: string;
  timestamp?: string | null;
  kind?: string | null;
  media?: unknown;
  audio?: unknown;
  deleted?: boolean;
  deletedAt?: string | null;
}

export interface Message {
  roomId: string;
  groupId: string;
  messageId: string;
  timestamp: string;
  createdAt: number;
  userId: string | null;
  username: string | null;
  avatar: string | null;
  bubbleColor: string | null;
  text: string;
  kind: string | null;
  media?: unknown;
  audio?: unknown;
  replyTo: Quote | null;
  edited: boolean;
  lastEditedAt: string | null;
  edits: { previousText: string; editedAt: string }[];
  deleted: boolean;
  deletedAt: string | null;
  reactions: Reactions;
}

export interface Group {
  id: string;
  databaseId: string;
  name: string;
}

export interface ReactionResult {
  success: boolean;
  messageId: string;
  reactions: Reactions;
  summary: { totalCount: number; mostRecent: Reaction | null };
}

export interface Like {
  from: string;
  at: number;
}

export interface Thread {
  dmId: string;
  latest: number;
  last?: Partial<Message>;
}

/** A user whose messages are hidden in a room, from `createdAt` (epoch ms) on. */
export interface Filter {
  groupId: string;
  username: string;
  normalized?: string;
  createdAt?: number;
}

export interface Filters {
  items: Filter[];
}
