import { define, type EventOf } from '#shared/events/envelope.ts';
import { Nullable, type Static, Type } from '#shared/schema.ts';

/** Groups and their members. Topic `groups`, keyed by group id. */

export const GroupState = Type.Object({
  id: Type.String({ description: 'Slug' }),
  databaseId: Type.String({ description: 'Second id; equal to id for new groups' }),
  name: Type.String(),
  description: Type.String({ description: 'Empty when there is none' }),
  avatarUrl: Nullable(Type.String({ description: 'URL or data URL' })),
  updatedAt: Nullable(Type.Integer({ description: 'Epoch ms; null for groups of older databases' })),
});
export type GroupState = Static<typeof GroupState>;

const Group = {
  groupId: Type.String({ minLength: 1, description: 'Slug' }),
  rev: Type.Integer({
    minimum: 0,
    description: 'Grows with every change of the group, and goes on growing when it is deleted and made again',
  }),
};
const State = {
  group: Type.Optional(Type.Object(GroupState.properties, { description: 'Absent when `reference`' })),
  reference: Type.Optional(
    Type.Literal(true, { description: 'The state was too large for Kafka and was left out: read it' }),
  ),
};
const Member = {
  groupId: Type.String({ minLength: 1, description: 'Slug of the group, or the room of none' }),
  username: Type.String({ description: 'As typed at the last join' }),
  usernameLower: Type.String({ description: 'By which members are told apart' }),
};

const at = Date.UTC(2026, 0, 2, 3, 4, 5);
const hiking = {
  id: 'hiking',
  databaseId: 'hiking',
  name: 'Hiking',
  description: 'Every Sunday',
  avatarUrl: null,
  updatedAt: at,
};

export const groupCreated = define({
  type: 'tm.group.created',
  version: 1,
  topic: 'groups',
  text: 'A group was made.',
  data: Type.Object({ ...Group, ...State }),
  example: {
    of: { id: 'group:hiking:1', subject: 'hiking', at },
    data: { groupId: 'hiking', rev: 1, group: hiking },
  },
});

export const groupUpdated = define({
  type: 'tm.group.updated',
  version: 1,
  topic: 'groups',
  text: 'A group changed; or its newest state is told again, after the relay had lost its place.',
  data: Type.Object({ ...Group, ...State }),
  example: {
    of: { id: 'group:hiking:2', subject: 'hiking', at },
    data: { groupId: 'hiking', rev: 2, group: hiking },
  },
});

export const groupDeleted = define({
  type: 'tm.group.deleted',
  version: 1,
  topic: 'groups',
  text: 'A group was deleted.',
  data: Type.Object(Group),
  example: { of: { id: 'group:hiking:3', subject: 'hiking', at }, data: { groupId: 'hiking', rev: 3 } },
});

export const memberJoined = define({
  type: 'tm.member.joined',
  version: 1,
  topic: 'groups',
  text: 'Somebody joined a group, or joined again with another role or spelling.',
  data: Type.Object({
    ...Member,
    role: Type.String(),
    joinedAt: Type.Integer({ description: 'Epoch ms' }),
  }),
  example: {
    of: { id: 'member:65a1f0c2d3e4f5a6b7c8d9e0:1:joined', subject: 'hiking', at },
    data: { groupId: 'hiking', username: 'Ann', usernameLower: 'ann', role: 'member', joinedAt: at },
  },
});

export const memberLeft = define({
  type: 'tm.member.left',
  version: 1,
  topic: 'groups',
  text: 'Somebody left a group, or the group was deleted.',
  data: Type.Object(Member),
  example: {
    of: { id: 'member:65a1f0c2d3e4f5a6b7c8d9e0:1:left', subject: 'hiking', at },
    data: { groupId: 'hiking', username: 'Ann', usernameLower: 'ann' },
  },
});

export const GROUP_EVENTS = [groupCreated, groupUpdated, groupDeleted, memberJoined, memberLeft] as const;

export type GroupEvent = EventOf<(typeof GROUP_EVENTS)[number]>;
