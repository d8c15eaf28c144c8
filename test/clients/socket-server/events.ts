import type { Quote } from '#test/clients/support/types.ts';

interface Person {
  userId: string;
  username: string;
  avatar?: string;
  bubbleColor?: string;
}

interface Sent {
  text: string;
  localId: string;
  kind?: string;
  media?: Record<string, unknown>;
  audio?: Record<string, unknown>;
  replyToMessageId?: string;
  replyTo?: Quote;
}

/** A message is named by its id; by its timestamp only where that is all a client has. */
export interface Target {
  messageId?: string;
  timestamp?: string;
}

type InGroup<T> = T & { groupId: string };
type InDm<T> = T & { dmId: string };

/** What the app sends by socket. */
export interface ClientEvents {
  'session:register': Person;
  join: InGroup<Person & { groupName?: string }>;
  leave: { groupId: string };
  message: InGroup<Sent>;
  'edit-message': InGroup<Target & { newText: string }>;
  'delete-message': InGroup<Target>;
  'react-message': InGroup<Target & { emoji: string | null }>;
  'update-bubble-color': { color: string };
  'update-profile': { username: string; avatar?: string };
  'filters:refresh': { groupId: string; includeHistory?: boolean };
  'dm:join': InDm<Person & { peerName: string }>;
  'dm:message': InDm<Sent>;
  'dm:edit': InDm<{ messageId: string; newText: string }>;
  'dm:delete': InDm<{ target: Target }>;
  'dm:react': InDm<{ messageId: string; emoji: string | null }>;
  'dm:typing': InDm<{ typing: boolean }>;
  'presence:ping': Record<string, never>;
  'dating:like': { to: string };
  'dating:unlike': { to: string };
  'dating:profile:update': Record<string, never>;
}

export type ClientEvent = keyof ClientEvents;
