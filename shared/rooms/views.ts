import { quotesOf } from '#shared/room-log/lookups.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import type { Head, Message } from '#shared/room-log/types.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { quotedAmong } from '#shared/rooms/quoted.ts';
import { viewOf } from '#shared/rooms/view.ts';

/**
 * Messages of one room as clients see them, quotes filled (L12). Has the room repaired when one of them is newer than
 * its head: its writer may have died before moving it.
 */
export async function viewsOf(rooms: Rooms, head: Head, messages: readonly Message[]): Promise<MessageView[]> {
  if (messages.some(({ rev }) => rev > head.rev)) rooms.repair(head._id);
  const quoted = quotedAmong(messages, await quotesOf(rooms.collections, head, messages));
  return messages.map((message) => viewOf(message, quoted(message)));
}
