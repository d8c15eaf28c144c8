import { action } from '#shared/rooms/action.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';

/** Where rooms stand, in the order asked: what ETags are made of. */
export const heads = action(roomContract.heads, async ({ rooms: asked }, { rooms }) => {
  const found = await rooms.heads(asked);
  return found.map((head) => ({ epoch: rooms.epochOf(head), rev: head?.rev ?? 0 }));
});
