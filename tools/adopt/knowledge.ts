import { type Db, ObjectId } from 'mongodb';
import { LRUCache } from 'lru-cache';
import { looksLikeDatabaseId } from '#shared/room-id.ts';
import { slugOf } from '#services/groups/group-view.ts';
import type { Knowledge } from '#tools/adopt/kind.ts';
import type { AdoptedAvatars } from '#tools/adopt/avatars.ts';
import type { Old } from '#tools/adopt/values.ts';

/** databaseIds that are remembered, also those that no group has. */
const REMEMBERED = 20_000;

const isDataUrl = (value: unknown): value is string => typeof value === 'string' && /^data:/i.test(value);

const hexOf = (value: unknown): string[] => {
  const text = value instanceof ObjectId ? value.toHexString() : value;
  return typeof text === 'string' && looksLikeDatabaseId(text) ? [text.toLowerCase()] : [];
};

/** Looks up, for a batch of documents, the groups of their databaseIds and the files of their data URLs. */
export function knowledgeOf(from: Db, avatars: AdoptedAvatars): (documents: readonly Old[]) => Promise<Knowledge> {
  const slugs = new LRUCache<string, { slug: string | undefined }>({ max: REMEMBERED });
  const load = async (ids: readonly string[]) => {
    const found = await from
      .collection('groups')
      .find({ _id: { $in: ids.map((id) => new ObjectId(id)) } }, { projection: { id: 1 } })
      .toArray();
    const known = new Map(found.map((group) => [group._id.toHexString(), slugOf(group as never)]));
    for (const id of ids) slugs.set(id, { slug: known.get(id) });
  };
  return async (documents) => {
    const named = documents.flatMap(({ groupId, roomId, dmId }) => [groupId, roomId, dmId].flatMap(hexOf));
    const unknown = [...new Set(named)].filter((id) => !slugs.has(id));
    if (unknown.length > 0) await load(unknown);
    const all = new Map(named.map((id) => [id, slugs.get(id)?.slug]));
    const avatarOf = await avatars.of(
      documents.flatMap(({ avatar, avatarUrl }) => [avatar, avatarUrl].filter(isDataUrl)),
    );
    return { slugOf: (databaseId) => all.get(databaseId), avatarOf };
  };
}
