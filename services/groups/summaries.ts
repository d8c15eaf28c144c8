import type { Context } from 'moleculer';
import type { Preview } from '#shared/rooms/message.shape.ts';
import { call } from '#services/contracts.ts';
import type { GroupView } from '#services/groups/groups.contract.ts';
import type { Repositories } from '#services/groups/repositories.ts';
import { type GroupDocument, previewFields, roomOf, slugOf } from '#services/groups/group-view.ts';
import { memberCards } from '#services/groups/member-cards.ts';
import { memberFields } from '#services/groups/members.ts';

const DEFAULT_MEMBERS = 5;

interface MemberOptions {
  includeMembers?: boolean;
  membersLimit?: number;
}

/**
 * What a reading answer adds to each of these groups (at most 200), in their order: the newest message and, where asked
 * for, the members. Always so many calls and queries, however many groups.
 */
export async function summaries(
  ctx: Context,
  repositories: Repositories,
  groups: GroupDocument[],
  { includeMembers = false, membersLimit = DEFAULT_MEMBERS }: MemberOptions,
): Promise<Partial<GroupView>[]> {
  const [previews, members] = await Promise.all([
    previewsOf(ctx, groups),
    includeMembers ? membersOf(ctx, repositories, groups.map(slugOf), membersLimit) : null,
  ]);
  return groups.map((group, index) => ({
    ...previewFields(previews[index] ?? null),
    ...members?.get(slugOf(group)),
  }));
}

/** What `includeMembers` adds, by group: two look-ups, however many groups. */
async function membersOf(
  ctx: Context,
  { members }: Repositories,
  slugs: string[],
  limit: number,
): Promise<ReadonlyMap<string, Partial<GroupView>>> {
  const found = await members.summaries(slugs, limit);
  const names = [...found.values()].flatMap(({ newest }) => newest.map(({ username }) => String(username)));
  const cards = await memberCards(ctx, names);
  const none = { count: 0, newest: [] };
  return new Map(slugs.map((slug) => [slug, memberFields(found.get(slug) ?? none, cards)]));
}

async function previewsOf(ctx: Context, groups: GroupDocument[]): Promise<(Preview | null)[]> {
  const rooms = groups.map(roomOf);
  const asked = rooms.filter((room) => room !== null);
  if (asked.length === 0) return rooms.map(() => null);
  const previews = await call(ctx, 'messages.previews', { rooms: asked });
  let next = 0;
  return rooms.map((room) => (room === null ? null : (previews[next++] ?? null)));
}
