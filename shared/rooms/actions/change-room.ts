import { deadlineOf } from '#shared/deadline.ts';
import { Fault, invalid } from '#shared/errors.ts';
import { action } from '#shared/rooms/action.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';

/** Changes of many messages at once. */

/** A user's bubble colour in a room (L14). */
export const recolour = action(roomContract.recolour, async ({ room, username, color }, { rooms, ctx }) => {
  const usernameLc = username?.trim().toLowerCase();
  if (!usernameLc) throw new Fault('username_required');
  const colour = color?.trim();
  if (!colour) throw invalid('color', 'must not be blank');
  const { count } = await rooms.submit(room, { op: 'recolour', usernameLc, colour }, deadlineOf(ctx));
  return { success: true, updated: count };
});

/** Empties a room at once (L13). */
export const deleteRoom = action(roomContract.deleteRoom, async ({ room }, { rooms, ctx }) => {
  await rooms.submit(room, { op: 'delete-room' }, deadlineOf(ctx));
  return { success: true };
});
