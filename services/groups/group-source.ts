import type { Db, Document, ObjectId } from 'mongodb';
import { eventOf } from '#shared/events/envelope.ts';
import {
  groupCreated,
  groupDeleted,
  type GroupState,
  groupUpdated,
  memberJoined,
  memberLeft,
} from '#shared/events/group-events.ts';
import type { AnyEvent } from '#shared/events/parse.ts';
import type { Source } from '#shared/relay/source.ts';
import { type StateMapping, stateSource } from '#shared/relay/state-source.ts';
import type { Millis } from '#shared/room-log/types.ts';
import { type GroupDocument, groupView, slugOf } from '#services/groups/group-view.ts';
import type { MemberDocument } from '#services/groups/members.repository.ts';
import { type TombstoneDocument, TombstonesRepository } from '#services/groups/tombstones.repository.ts';

/** What the relay of groups follows, and the events that it makes of it. */

export function groupSource(db: Db): Source {
  return stateSource(db, 'groups', 'groups', [tombstones, groupsOf(new TombstonesRepository(db)), members]);
}

/** By its slug: consumers know no other id. */
const deletion = (slug: string, rev: number, at: Millis) =>
  eventOf(groupDeleted, { id: `group:${slug}:${rev}`, subject: slug, at }, { groupId: slug, rev });

/** A tombstone is written before its group goes, so the group's own deletion is what is followed. */
const tombstones: StateMapping = {
  collection: 'group_tombstones',
  followed: false,
  present(document) {
    const { _id, rev, updatedAt } = document as TombstoneDocument;
    return deletion(_id, rev, updatedAt);
  },
};

const groupsOf = (ended: TombstonesRepository): StateMapping => ({
  collection: 'groups',
  present(document, how, at) {
    const { rev = 0, updatedAt = null } = document as GroupDocument;
    const { id, databaseId, name, description, avatarUrl } = groupView(document as GroupDocument);
    const group: GroupState = { id, databaseId, name, description, avatarUrl, updatedAt };
    const definition = how === 'created' ? groupCreated : groupUpdated;
    return eventOf(definition, { id: `group:${id}:${rev}`, subject: id, at }, { groupId: id, rev, group });
  },
  async gone(before, id, at) {
    if (before) return deletion(slugOf(before as GroupDocument), ((before as GroupDocument).rev ?? 0) + 1, at);
    // New groups have their slug for an `_id`; of an old one nothing else is known without what it was.
    return typeof id === 'string' ? deletion(id, await ended.revOf(id), at) : null;
  },
});

/** Rows of older databases were never checked. */
type Row = Record<keyof MemberDocument, unknown> & { _id: ObjectId };

function memberEvent(document: Document, what: 'joined' | 'left', at: Millis): AnyEvent | null {
  const { _id, groupId, username, usernameLower, role, joinedAt, rev } = document as Row;
  if (typeof groupId !== 'string' || groupId === '' || typeof usernameLower !== 'string') return null;
  const of = { id: `member:${_id.toString()}:${Number(rev ?? 0)}:${what}`, subject: groupId, at };
  const member = { groupId, usernameLower, username: typeof username === 'string' ? username : usernameLower };
  if (what === 'left') return eventOf(memberLeft, of, member);
  const since = Number.isSafeInteger(joinedAt) ? (joinedAt as number) : 0;
  return eventOf(memberJoined, of, { ...member, role: typeof role === 'string' ? role : 'member', joinedAt: since });
}

const members: StateMapping = {
  collection: 'group_members',
  present: (document, _how, at) => memberEvent(document, 'joined', at),
  gone: async (before, _id, at) => before && memberEvent(before, 'left', at),
};
