import { Fault } from '#shared/errors.ts';
import { isVisible, messageById } from '#shared/room-log/lookups.ts';
import { type Page, pageAround, pageOf } from '#shared/room-log/page.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import type { Head } from '#shared/room-log/types.ts';
import { action } from '#shared/rooms/action.ts';
import { clamp } from '#shared/rooms/clamp.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';
import { viewsOf } from '#shared/rooms/views.ts';

const NOTHING = { items: [], nextBefore: null, nextAfter: null, nextBeforeSeq: null, nextAfterSeq: null };

const pageSize = (limit?: number) => clamp(limit, 1, 200, 50);

/** A page of a room, by time or by seq. */
export const page = action(roomContract.page, async ({ room, limit, ...bounds }, { rooms }) => {
  const head = await rooms.head(room);
  if (!head) return NOTHING;
  return shown(rooms, head, await pageOf(rooms.collections, head, bounds, pageSize(limit)));
});

/** The messages around one: a place to jump to. */
export const around = action(roomContract.around, async ({ room, messageId, limit }, { rooms }) => {
  const [head, target] = await Promise.all([rooms.head(room), messageById(rooms.collections, room, messageId)]);
  if (!head || !target || !isVisible(head, target)) throw new Fault('message_not_found');
  return shown(rooms, head, await pageAround(rooms.collections, head, target.seq, pageSize(limit)));
});

const shown = async (rooms: Rooms, head: Head, found: Page) => ({
  ...found,
  items: await viewsOf(rooms, head, found.items),
});
