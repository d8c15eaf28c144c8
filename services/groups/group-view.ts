import { ObjectId } from 'mongodb';
import type { Preview } from '#shared/rooms/message.shape.ts';
import { canonicalRoom } from '#shared/room-id.ts';
import { isFault } from '#shared/errors.ts';
import type { GroupView } from '#services/groups/groups.contract.ts';
import { looksLikeDm } from '#services/groups/group-id.ts';

/**
 * A group as stored. New ones have `_id` = `id` and every field; those of older databases have an ObjectId, may lack
 * fields, and were never checked, so nothing is said here about their types.
 */
export interface GroupDocument {
  _id: string | ObjectId;
  id?: unknown;
  name?: unknown;
  description?: unknown;
  avatarUrl?: unknown;
  /** userId of the user who made it; missing where nobody told who he was. */
  createdBy?: string;
  /** Counts the group's changes since it was made or first changed here. */
  rev?: number;
  /** Epoch ms of the last change made here. */
  updatedAt?: number;
}

type Group = Pick<GroupDocument, '_id' | 'id'>;

export const databaseIdOf = ({ _id }: Group): string => (_id instanceof ObjectId ? _id.toHexString() : _id);

/** The group's canonical room id. A group without a usable id goes by its databaseId. */
export function slugOf(group: Group): string {
  const { id } = group;
  if (typeof id === 'string' && id !== '') return id;
  return typeof id === 'number' ? String(id) : databaseIdOf(group);
}

/**
 * The room of the group's messages, or null for a group of an older database whose id no group room can have. Such a
 * group has no preview, and deleting it touches no messages: least of all those of a DM of the same name.
 */
export function roomOf(group: Group): string | null {
  const slug = slugOf(group);
  if (looksLikeDm(slug)) return null;
  try {
    return canonicalRoom(slug);
  } catch (error) {
    if (isFault(error)) return null;
    throw error;
  }
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** What every answer says of a group. */
export function groupView(group: GroupDocument, onlineCount = 0): GroupView {
  const slug = slugOf(group);
  return {
    id: slug,
    name: text(group.name),
    description: text(group.description),
    avatarUrl: typeof group.avatarUrl === 'string' ? group.avatarUrl : null,
    databaseId: databaseIdOf(group),
    slug,
    onlineCount,
  };
}

/**
 * What a group's newest message adds. All three times are the message's own: a time of reading would make each answer
 * differ from the last and no ETag would ever match.
 */
export function previewFields(preview: Preview | null): Partial<GroupView> {
  if (!preview) return { lastMessagePreview: null };
  const { createdAt } = preview;
  return {
    lastMessagePreview: preview,
    lastMessageAt: createdAt,
    lastActiveAt: createdAt,
    summaryFetchedAt: createdAt,
  };
}
