import { expect } from '@jest/globals';
import type { Group, Message } from '#test/clients/support/types.ts';

/** What every message has when it is new, beside what was sent: the clients read all of it. */
const NEW_MESSAGE = {
  messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/),
  createdAt: expect.any(Number),
  userId: null,
  username: null,
  avatar: null,
  bubbleColor: null,
  text: '',
  kind: null,
  media: null,
  audio: null,
  replyTo: null,
  edited: false,
  lastEditedAt: null,
  edits: [],
  deleted: false,
  deletedAt: null,
  reactions: {},
};

/** A new message as the clients need it: every field there, those that were not sent empty. */
export const newMessage = (room: string, sent: Partial<Message>): object => ({
  roomId: room,
  groupId: room,
  ...NEW_MESSAGE,
  ...sent,
});

/** A group as the clients need it. */
export const aGroup = ({ id, name, databaseId }: Group): object => ({
  id,
  name,
  description: expect.any(String),
  databaseId,
  slug: id,
  onlineCount: expect.any(Number),
});
