import { invalid } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { usernameKey } from '#services/profiles/profile.document.ts';
import type { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import type { DatingView } from '#services/profiles/dating/dating.shape.ts';
import { datingView } from '#services/profiles/dating/dating-view.ts';
import { type DatingDocument, readDating } from '#services/profiles/dating/stored.ts';

/** People that may be asked for at once. */
export const MAX_BATCH = 200;

const listOf = (field: string, list: string | undefined): string[] => {
  const all = new Set(
    (list ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  );
  if (all.size > MAX_BATCH) throw invalid(field, `must name at most ${MAX_BATCH}`);
  for (const one of all) if (one.length > LIMITS.id) throw invalid(field, `has one of over ${LIMITS.id} characters`);
  return [...all];
};

/** Whether a name is, or was, his. */
const isNamed = ({ usernameLower, names = [] }: DatingDocument, key: string): boolean =>
  usernameLower === key || names.includes(key);

interface BatchQuery {
  ids?: string;
  users?: string;
  /** Who asks, when that is known: only he is told his own place exactly. */
  owner?: string;
}

/** People by their ids, then by their names, each once and in the order asked; unknown ones are passed over. */
export async function batchOf(repository: DatingRepository, { ids, users, owner }: BatchQuery): Promise<DatingView[]> {
  const [wantedIds, wantedNames] = [listOf('ids', ids), listOf('users', users)];
  const found = await repository.findAll(wantedIds, wantedNames);
  const byId = new Map(found.map((document) => [document.userId, document]));
  const byName = new Map(found.map((document) => [document.usernameLower, document]));
  const ordered = new Set<DatingDocument | undefined>([
    ...wantedIds.map((id) => byId.get(id)),
    ...wantedNames.map((name) => byName.get(usernameKey(name))),
  ]);
  ordered.delete(undefined);
  const ownKey = owner === undefined ? undefined : usernameKey(owner);
  return [...(ordered as Set<DatingDocument>)].map((document) =>
    datingView(document, readDating(document), ownKey !== undefined && isNamed(document, ownKey)),
  );
}
