import type { OldCollection } from '#shared/own-database.ts';
import { usernameKey } from '#services/profiles/profile.document.ts';
import { groupKind } from '#tools/adopt/group-kind.ts';
import type { Kind, Knowledge } from '#tools/adopt/kind.ts';
import { roomOf } from '#tools/adopt/message-place.ts';
import { profileKind } from '#tools/adopt/profile-kind.ts';
import { idText, isNone, millisOf, type Note, type Old, textOf } from '#tools/adopt/values.ts';

/** The name that a document says, and its key; null when it says none. */
function nameIn(document: Old, field: string): { username: string; key: string } | null {
  const username = textOf(document[field]);
  const key = username === null ? '' : usernameKey(username);
  return username === null || key === '' ? null : { username, key };
}

const mistyped = (document: Old, ...fields: string[]): Note[] =>
  fields
    .filter((field) => !isNone(document[field]) && typeof document[field] !== 'string')
    .map((field): Note => [`${field} of another type`]);

const otherTime = (document: Old, field: string): Note[] =>
  typeof document[field] === 'number' ? [] : [[`${field} missing or of another type`]];

/** The room under which members and filters are joined; a room that can be none stays as it is. */
function joined(document: Old, { slugOf }: Knowledge): { room: string; notes: Note[] } | null {
  const raw = textOf(document.groupId);
  if (raw === null || raw.trim() === '') return null;
  const room = roomOf(raw, slugOf) ?? raw;
  return { room, notes: room === raw ? [] : [['under another id of the room', `${raw} → ${room}`]] };
}

const last = <T>(list: readonly T[]): T => list[list.length - 1]!;

const members: Kind = {
  stays: 'last',
  others: 'members who were there twice',
  read(document, knowledge) {
    const [name, at] = [nameIn(document, 'username'), joined(document, knowledge)];
    if (!name || !at) return { why: 'member without a name or a group' };
    const notes = [...at.notes, ...mistyped(document, 'username', 'role'), ...otherTime(document, 'joinedAt')];
    return { parts: [at.room, name.key], at: millisOf(document.joinedAt) ?? 0, notes };
  },
  write(documents, [groupId, usernameLower]) {
    const member = last(documents);
    const joinedAt = millisOf(member.joinedAt) ?? 0;
    return {
      ...member,
      groupId,
      username: textOf(member.username),
      usernameLower,
      role: textOf(member.role) ?? 'member',
      joinedAt,
      updatedAt: millisOf(member.updatedAt) ?? joinedAt,
    };
  },
};

const likes: Kind = {
  stays: 'last',
  others: 'likes of a pair that were there twice',
  read(document) {
    const [from, to] = [nameIn(document, 'fromLc'), nameIn(document, 'toLc')];
    if (!from || !to) return { why: 'like without both names' };
    const notes = [...mistyped(document, 'fromLc', 'toLc'), ...otherTime(document, 'at')];
    return { parts: [from.key, to.key], at: millisOf(document.at) ?? 0, notes };
  },
  write: (documents, [fromLc, toLc]) => ({ ...last(documents), fromLc, toLc, at: millisOf(last(documents).at) ?? 0 }),
};

const filters: Kind = {
  stays: 'last',
  others: 'filters that were there twice',
  read(document, knowledge) {
    const [name, at, userId] = [nameIn(document, 'username'), joined(document, knowledge), textOf(document.userId)];
    if (!name || !at || userId === null) return { why: 'filter without user, room or name' };
    const notes = [...at.notes, ...mistyped(document, 'username', 'userId')];
    return { parts: [userId, at.room, name.key], at: millisOf(document.updatedAt) ?? 0, notes };
  },
  write(documents, [userId, groupId, usernameLower]) {
    const filter = last(documents);
    // The time from which on messages are hidden is that of the first.
    const times = documents.flatMap(({ createdAt }) => millisOf(createdAt) ?? []);
    const createdAt = times.length > 0 ? Math.min(...times) : 0;
    const updatedAt = millisOf(filter.updatedAt) ?? createdAt;
    return { ...filter, userId, groupId, username: textOf(filter.username), usernameLower, createdAt, updatedAt };
  },
};

const removals: Kind = {
  stays: 'first',
  others: '',
  read(document, knowledge) {
    const [name, at, userId] = [nameIn(document, 'username'), joined(document, knowledge), textOf(document.userId)];
    if (!name || !at || userId === null) return { why: 'removed filter without user, room or name' };
    return { parts: [idText(document._id), userId, at.room, name.key], at: 0, notes: at.notes };
  },
  write: ([removal], [, userId, groupId, usernameLower]) => ({ ...removal!, userId, groupId, usernameLower }),
};

/** Of two documents of one key the older service showed the one that it found first. */
const keyed = (others: string): Kind => ({
  stays: 'first',
  others,
  read(document) {
    const key = textOf(document.key);
    if (key === null || key === '') return { why: 'document without a key' };
    return { parts: [key], at: 0, notes: mistyped(document, 'key') };
  },
  write: ([first], [key]) => ({ ...first!, key }),
});

const subscriptions: Kind = {
  stays: 'last',
  others: 'push subscriptions that were there twice',
  read(document) {
    const { endpoint } = document;
    if (typeof endpoint !== 'string' || endpoint === '') return { why: 'push subscription without an endpoint' };
    return { parts: [endpoint], at: 0, notes: [] };
  },
  write: (documents) => last(documents),
};

export const KINDS: Record<Exclude<OldCollection, 'group_messages' | 'dm_messages'>, Kind> = {
  groups: groupKind,
  group_members: members,
  profiles: profileKind,
  likes,
  message_filters: filters,
  message_filter_removals: removals,
  bios: keyed('bios of a user who had one already'),
  socialLinks: keyed('links of a user who had some already'),
  push_subscriptions: subscriptions,
};
