import { hashSync } from 'bcryptjs';
import { ObjectId } from 'mongodb';
import type { Document } from 'mongodb';
import type { OldRoom } from '#tools/adopt/drill/old-messages.ts';
import { PIXEL } from '#tools/adopt/drill/odd-messages.ts';

export const PASSWORD = 'Secret-123';
/** As the older service stored it, but for the cost. */
const HASH = hashSync(PASSWORD, 4);

const id = (n: number) => new ObjectId(n.toString(16).padStart(24, '6'));

export const GROUPS = {
  fun: id(1),
  split: id(2),
  numeric: id(3),
  twoNumbers: id(4),
  mistyped: id(5),
  nameless: id(6),
  byDatabaseId: id(7),
  twoNumbersText: id(8),
};

const group = (document: Document) => ({ description: null, avatarUrl: null, ...document });

/** Collections but for the messages. */
export const PEOPLE: Record<string, Document[]> = {
  groups: [
    group({ _id: GROUPS.fun, id: 'fun', name: 'Fun', description: 'all of it', avatarUrl: PIXEL }),
    group({ _id: GROUPS.split, id: 'split', name: 'Split' }),
    group({ _id: GROUPS.numeric, id: 77, name: 'Numbers' }),
    group({ _id: GROUPS.twoNumbers, id: 88, name: 'Eighty-eight' }),
    group({ _id: GROUPS.twoNumbersText, id: '88', name: 'Eighty-eight' }),
    { _id: GROUPS.mistyped, id: 'mistyped', name: 5, description: { a: 1 } },
    { _id: GROUPS.nameless, id: 'nameless' },
    { _id: GROUPS.byDatabaseId, name: 'No id' },
  ],
  group_members: [
    { groupId: 'split', username: 'Ada', usernameLower: 'ada', role: 'owner', joinedAt: 5, updatedAt: 5 },
    {
      groupId: GROUPS.split.toHexString(),
      username: 'ADA',
      usernameLower: 'ada',
      role: 'member',
      joinedAt: 9,
      updatedAt: 9,
    },
    { groupId: GROUPS.split.toHexString(), username: 'Bob', usernameLower: 'bob', role: 'member', joinedAt: 7 },
    { groupId: 77, username: 42, usernameLower: '42', role: null, joinedAt: new Date(11) },
    { groupId: 'fun', username: null, usernameLower: null, role: 'member', joinedAt: 1 },
  ].map((one, n) => ({ _id: id(100 + n), ...one })),
  profiles: [
    {
      _id: id(200),
      userId: 'u_0',
      username: 'Ada',
      usernameLower: 'ada',
      passwordHash: HASH,
      avatarUrl: PIXEL,
      friends: ['{"marker":"x"}', 'bob'],
      createdAt: 1,
      updatedAt: 2,
      hasDatingProfile: true,
      age: 30,
      location: { city: 'Graz', lat: 47.07, lon: 15.44, coordinates: { type: 'Point', coordinates: [15.44, 47.07] } },
    },
    {
      _id: id(201),
      userId: 'u_1',
      username: 'Bob',
      usernameLower: 'bob',
      passwordHash: HASH,
      avatarUrl: null,
      friends: [],
      createdAt: 3,
      updatedAt: 4,
    },
    // Made by saving a dating profile under a name in other case.
    { _id: id(202), username: 'bob', hasDatingProfile: true, age: 44, mood: 'fine', updatedAt: 9 },
    { _id: id(203), username: 'Ghost', usernameLower: 'ghost', hasDatingProfile: true, age: 50 },
    { _id: id(204), usernameLower: 'nobody', age: 1 },
  ],
  likes: [
    { fromLc: 'ada', toLc: 'bob', at: 5 },
    { fromLc: 'ada', toLc: 'bob', at: 8 },
    { fromLc: 'Bob ', toLc: 'ada', at: new Date(6) },
    { fromLc: 'ada', toLc: null, at: 6 },
  ].map((one, n) => ({ _id: id(300 + n), ...one })),
  message_filters: [
    { userId: 'u_0', groupId: 'split', username: 'Bob', usernameLower: 'bob', createdAt: 4, updatedAt: 4 },
    {
      userId: 'u_0',
      groupId: GROUPS.split.toHexString(),
      username: 'BOB',
      usernameLower: 'bob',
      createdAt: 3,
      updatedAt: 9,
    },
    { userId: 'u_0', groupId: 'dm:Bob|Ada', username: 'bob', usernameLower: 'bob', createdAt: 6, updatedAt: 6 },
  ].map((one, n) => ({ _id: id(400 + n), ...one })),
  message_filter_removals: [
    {
      _id: id(500),
      userId: 'u_0',
      groupId: GROUPS.split.toHexString(),
      username: 'Cy',
      usernameLower: 'cy',
      filteredAt: 1,
      removedAt: 2,
    },
  ],
  bios: [
    { _id: id(600), key: 'u_0', bio: 'first' },
    { _id: id(601), key: 'u_0', bio: 'second' },
  ],
  socialLinks: [{ _id: id(610), key: 'ada', links: [{ id: '1', type: 'web', url: 'https://a' }] }],
  push_subscriptions: [
    { _id: id(620), endpoint: 'https://push/1', keys: { auth: 'a' } },
    { _id: id(621), endpoint: 'https://push/1', keys: { auth: 'b' } },
  ],
  read_messages_latest: [{ _id: id(700), groupId: 'fun', items: [{ messageId: 'm-1', text: 'stale' }], updatedAt: 1 }],
};

const inGroups = (...ids: unknown[]) => ids.map((one) => ({ collection: 'group_messages' as const, id: one }));
const inDms = (...ids: string[]) => ids.map((one) => ({ collection: 'dm_messages' as const, id: one }));

export const ROOMS: readonly OldRoom[] = [
  { room: 'fun', ids: inGroups('fun') },
  { room: 'split', ids: inGroups('split', GROUPS.split.toHexString(), GROUPS.split.toHexString().toUpperCase()) },
  { room: '77', ids: inGroups(77, '77', GROUPS.numeric.toHexString()) },
  { room: '88', ids: inGroups('88', 88, GROUPS.twoNumbers.toHexString()) },
  { room: 'no-group', ids: inGroups('no-group') },
  { room: 'dm:ada|bob', ids: [...inGroups('dm:ada|bob', 'dm:Bob|ada'), ...inDms('dm:ada|bob', 'dm: BOB | Ada ')] },
  { room: 'dm:ada|çelik', ids: inGroups('dm:ada|çelik') },
  { room: 'dm:bob|çelik', ids: inDms('dm:Çelik|Bob') },
];
