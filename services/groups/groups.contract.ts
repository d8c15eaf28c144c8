import { LIMITS } from '#shared/limits.ts';
import { Maybe, Nullable, QueryBoolean, QueryInteger, Text, Type, type Static } from '#shared/schema.ts';
import type { Contract } from '#shared/contract.ts';
import { PreviewShape } from '#shared/rooms/message.shape.ts';

const Member = Type.Object({
  username: Type.String(),
  avatar: Nullable(Type.String()),
  userId: Nullable(Type.String()),
});

export const GroupShape = Type.Object(
  {
    id: Type.String({ description: 'Slug' }),
    name: Type.String(),
    description: Type.String({ description: 'Empty when there is none' }),
    avatarUrl: Nullable(Type.String({ description: 'In lists null when it is over 64 KiB' })),
    databaseId: Type.String({ description: 'Opaque second id; equal to id for new groups' }),
    slug: Type.String({ description: 'The same as id' }),
    onlineCount: Type.Integer({ description: '0 unless includeOnline' }),
    lastMessagePreview: Type.Optional(Nullable(PreviewShape)),
    lastMessageAt: Type.Optional(Type.Integer({ description: 'createdAt of the preview' })),
    lastActiveAt: Type.Optional(Type.Integer({ description: 'The same' })),
    summaryFetchedAt: Type.Optional(Type.Integer({ description: 'The same, so that equal answers have one ETag' })),
    memberCount: Type.Optional(Type.Integer({ description: 'Counted up to 10,000' })),
    memberPreview: Type.Optional(Type.Array(Member)),
  },
  { $id: 'Group' },
);
export type GroupView = Static<typeof GroupShape>;

const GroupId = Text(LIMITS.id, { minLength: 1, description: 'Group id (slug or databaseId)' });
const MemberParams = {
  includeMembers: Type.Optional(QueryBoolean({ description: 'Adds memberCount and memberPreview' })),
  membersLimit: Type.Optional(
    QueryInteger({ minimum: 1, maximum: 10, description: 'Members in memberPreview; default 5' }),
  ),
};
const GroupFields = {
  description: Maybe(Text(LIMITS.groupDescription)),
  avatarUrl: Maybe(Text(LIMITS.avatar, { description: 'URL or data URL' })),
};
/** Internal: the userId for whom it is done; absent: for a service, which may change every group. */
const By = { by: Type.Optional(Text(LIMITS.id)) };
const Success = Type.Object({ success: Type.Boolean() });

export const groupsContract = {
  list: {
    params: Type.Object({
      includeOnline: Type.Optional(QueryBoolean({ description: 'Fills onlineCount' })),
      ...MemberParams,
      limit: Type.Optional(QueryInteger({ minimum: 1, maximum: 200, description: 'Default 50' })),
      offset: Type.Optional(QueryInteger({ minimum: 0, description: 'Default 0' })),
    }),
    result: Type.Object({ groups: Type.Array(GroupShape), total: Type.Integer(), hasMore: Type.Boolean() }),
  },
  get: { params: Type.Object({ groupId: GroupId, ...MemberParams }), result: GroupShape },
  create: {
    params: Type.Object({
      id: Maybe(Text(LIMITS.id, { description: 'Slug; made from name when absent' })),
      name: Maybe(Text(LIMITS.groupName, { description: 'Needed when there is no id' })),
      ...GroupFields,
      ...By,
    }),
    result: GroupShape,
  },
  update: {
    params: Type.Object({ groupId: GroupId, name: Type.Optional(Text(LIMITS.groupName)), ...GroupFields, ...By }),
    result: GroupShape,
  },
  remove: { params: Type.Object({ groupId: GroupId, ...By }), result: Success },
  addMember: {
    params: Type.Object({
      groupId: GroupId,
      username: Maybe(Text(LIMITS.id)),
      role: Maybe(Text(LIMITS.short, { description: 'Default member' })),
      joinedAt: Maybe(Type.Integer({ minimum: 0, description: 'Epoch ms; default now' })),
    }),
    result: Success,
  },
  removeMember: {
    params: Type.Object({ groupId: GroupId, username: Text(LIMITS.id, { minLength: 1 }) }),
    result: Success,
  },
  /** Internal: creates those of the service's indexes that are missing. */
  ensureIndexes: { params: Type.Object({}), result: Type.Object({ ok: Type.Boolean() }) },
  /** Internal: the slug of the group that has (or had) this databaseId; null when none. Never changes once it is not null. */
  resolve: { params: Type.Object({ databaseId: Text(24) }), result: Nullable(Type.String()) },
  presence: { params: Type.Object({}), result: Type.String({ description: 'Prometheus text' }) },
} satisfies Contract;
