import { repliesAmong } from '#shared/room-log/lookups.ts';
import { action } from '#shared/rooms/action.ts';
import { clamp } from '#shared/rooms/clamp.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';

/** Counts the replies among the newest messages. There is nothing to rewrite: quotes are filled on reading (L12). */
export const backfillReplies = action(roomContract.backfillReplies, async ({ room, limit }, { rooms }) => {
  const head = await rooms.head(room);
  const checked = head ? await repliesAmong(rooms.collections, head, clamp(limit, 1, 1_000, 200)) : 0;
  return { checked, updated: 0 };
});
