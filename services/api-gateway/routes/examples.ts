/** Sample values that the documentation's examples share. */

const FIRST = '5b8c4c4e-3c0e-4b43-9a4a-0f4c7f0d2a11';
const SECOND = 'a3f0d6a2-6f0a-4c8e-8d53-7b1e2d9c4f55';

export const ids = { room: 'fun-room', dm: 'dm:alice|bob', message: SECOND } as const;

export const reaction = { emoji: '🎉', at: 1_795_992_640_000, userId: 'u_2', username: 'bob' };

export const message = {
  roomId: ids.room,
  groupId: ids.room,
  messageId: SECOND,
  seq: 2,
  rev: 2,
  timestamp: '2026-11-29T22:50:38.120000+00:00',
  createdAt: 1_795_992_638_120,
  userId: 'u_1',
  username: 'alice',
  avatar: null,
  bubbleColor: '#7c3aed',
  text: 'See you at eight',
  kind: null,
  media: null,
  audio: null,
  replyTo: {
    messageId: FIRST,
    username: 'bob',
    text: 'When do we meet?',
    timestamp: '2026-11-29T22:50:12.045000+00:00',
    kind: null,
    deleted: false,
  },
  edited: false,
  lastEditedAt: null,
  edits: [],
  deleted: false,
  deletedAt: null,
  reactions: { u_2: reaction },
};

export const direct = { ...message, roomId: ids.dm, groupId: ids.dm, dmId: ids.dm, replyTo: null };

export const newMessage = { userId: 'u_1', username: 'alice', text: 'See you at eight', replyToMessageId: FIRST };

export const group = {
  id: ids.room,
  name: 'Fun Room',
  description: 'For everything else',
  avatarUrl: null,
  databaseId: ids.room,
  slug: ids.room,
  onlineCount: 0,
};

export const preview = {
  username: 'alice',
  text: 'See you at eight',
  previewText: 'See you at eight',
  voiceNote: false,
  kind: null,
  createdAt: message.createdAt,
  timestamp: message.timestamp,
  hasMedia: false,
  mediaType: null,
  audioDurationMs: null,
};

export const groupWithPreview = {
  ...group,
  lastMessagePreview: preview,
  lastMessageAt: preview.createdAt,
  lastActiveAt: preview.createdAt,
  summaryFetchedAt: preview.createdAt + 1_000,
};

export const profile = {
  userId: 'u_1795992600000_0123abcd',
  username: 'alice',
  avatarUrl: 'https://media.example.com/alice.webp',
  friends: [],
  createdAt: 1_795_992_600_000,
  updatedAt: 1_795_992_600_000,
};

export const datingProfile = {
  userId: profile.userId,
  username: profile.username,
  avatarUrl: profile.avatarUrl,
  hasDatingProfile: true,
  createdAt: profile.createdAt,
  updatedAt: profile.updatedAt,
  datingProfileCreatedAt: profile.createdAt,
  displayName: 'Alice',
  firstName: 'Alice',
  name: 'Alice',
  photos: [],
  age: 31,
  mood: 'curious',
  location: { city: 'Oslo', lat: 59.9, lon: 10.8, coordinates: { type: 'Point', coordinates: [10.8, 59.9] } },
};
