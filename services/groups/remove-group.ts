import type { Context } from 'moleculer';
import { ObjectId } from 'mongodb';
import { deadlineOf, monotonic } from '#shared/deadline.ts';
import type { Params } from '#shared/contract.ts';
import { Fault } from '#shared/errors.ts';
import { call } from '#services/contracts.ts';
import { checkCreator } from '#services/groups/creator.ts';
import type { groupsContract } from '#services/groups/groups.contract.ts';
import type { Repositories } from '#services/groups/repositories.ts';
import { databaseIdOf, type GroupDocument, roomOf, slugOf } from '#services/groups/group-view.ts';

/** Left of the caller's deadline for the answer to travel, in ms. */
const ANSWER_MS = 300;

/**
 * Deletes a group: empties the room, keeps the databaseId of an old group as an alias, deletes the members and, last,
 * the group, so that a repeat finishes what a crash left. 404 for an unknown group, 403 for a user who did not
 * make it.
 *
 * Members go at some 50,000 a second. When they are not gone in time the caller hears `outcome_unknown`, the work goes
 * on, and `onLateError` is told if it fails.
 */
export async function removeGroup(
  ctx: Context,
  repositories: Repositories,
  { groupId, by }: Params<(typeof groupsContract)['remove']>,
  onLateError: (error: unknown) => void,
): Promise<void> {
  const group = await repositories.groups.find(groupId);
  if (!group) throw new Fault('group_not_found');
  checkCreator(group, by);

  const room = roomOf(group);
  if (room !== null) await call(ctx, 'messages.deleteRoom', { room });
  if (group._id instanceof ObjectId) await repositories.groups.keepAlias(group._id, slugOf(group));

  const finishing = finish(repositories, group);
  if (await settledBy(deadlineOf(ctx) - ANSWER_MS, finishing)) return;
  finishing.catch(onLateError);
  throw new Fault('outcome_unknown', 'The room is empty; the members of the group are still being deleted');
}

async function finish(repositories: Repositories, group: GroupDocument): Promise<void> {
  // Older databases hold members under either id.
  await repositories.members.deleteAll([slugOf(group), databaseIdOf(group)]);
  await repositories.groups.delete(group, Date.now());
}

/** True once `work` is done, false when it is not at `deadline` (monotonic ms). Throws what `work` throws till then. */
async function settledBy(deadline: number, work: Promise<void>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), Math.max(0, deadline - monotonic()));
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
