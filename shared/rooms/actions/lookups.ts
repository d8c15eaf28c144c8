import { Fault } from '#shared/errors.ts';
import { isVisible, messageById, messageByTimestamp } from '#shared/room-log/lookups.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import type { Head, Message } from '#shared/room-log/types.ts';
import { action } from '#shared/rooms/action.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';
import { viewsOf } from '#shared/rooms/views.ts';

/** One message by its id. */
export const byId = action(roomContract.byId, async ({ room, messageId }, { rooms }) => {
  const [head, message] = await Promise.all([rooms.head(room), messageById(rooms.collections, room, messageId)]);
  return shown(rooms, head, message);
});

/** The newest message with exactly this timestamp. */
export const byTimestamp = action(roomContract.byTimestamp, async ({ room, timestamp }, { rooms }) => {
  const head = await rooms.head(room);
  return shown(rooms, head, head && (await messageByTimestamp(rooms.collections, head, timestamp)));
});

async function shown(rooms: Rooms, head: Head | null, message: Message | null): Promise<MessageView> {
  if (!head || !message || !isVisible(head, message)) throw new Fault('message_not_found');
  const [view] = await viewsOf(rooms, head, [message]);
  return view!;
}
