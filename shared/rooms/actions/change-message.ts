import { deadlineOf } from '#shared/deadline.ts';
import { Fault } from '#shared/errors.ts';
import { action } from '#shared/rooms/action.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';
import { reactionMap, reactionSummary } from '#shared/room-log/view.ts';

/** Changes of one message. Each is answered with the state as written. */

export const edit = action(roomContract.edit, async ({ room, messageId, newText }, { rooms, ctx }) => {
  if (!newText) throw new Fault('new_text_required');
  const { message } = await rooms.submit(room, { op: 'edit', messageId, newText }, deadlineOf(ctx));
  return { success: true, lastEditedAt: message!.lastEditedAt!, edited: true };
});

export const remove = action(roomContract.remove, async ({ room, messageId }, { rooms, ctx }) => {
  const { message } = await rooms.submit(room, { op: 'delete', messageId }, deadlineOf(ctx));
  return { success: true, deletedAt: message!.deletedAt! };
});

/** The answer carries all reactions: clients replace what they show by it. */
export const react = action(roomContract.react, async ({ room, messageId, emoji, user }, { rooms, ctx }) => {
  if (!user?.userId?.trim()) throw new Fault('user_id_required');
  const reactor = { userId: user.userId, username: user.username ?? null };
  const command = { op: 'react', messageId, user: reactor, emoji: emoji ?? null } as const;
  const { message } = await rooms.submit(room, command, deadlineOf(ctx));
  const { reactions } = message!;
  return { success: true, messageId, reactions: reactionMap(reactions), summary: reactionSummary(reactions) };
});
