import { quotesOf } from '#shared/room-log/lookups.ts';
import { quotedId } from '#shared/room-log/quotes.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import type { Head, Message } from '#shared/room-log/types.ts';
import { viewOf, type Target } from '#shared/room-log/view.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';

/**
 * Messages of one room as clients see them, quotes filled (L12). Has the room repaired when one of them is newer than
 * its head: its writer may have died before moving it.
 */
export async function viewsOf(rooms: Rooms, head: Head, messages: readonly Message[]): Promise<MessageView[]> {
  if (messages.some(({ rev }) => rev > head.rev)) rooms.repair(head._id);
  const others = await quotesOf(rooms.collections, head, messages);
  let own: Map<string, Message> | undefined;
  const targetOf = (message: Message): Target => {
    const id = quotedId(message);
    if (id === undefined) return undefined;
    own ??= new Map(messages.map((one) => [one.messageId, one]));
    return own.get(id) ?? others.get(id) ?? null;
  };
  return messages.map((message) => viewOf(message, targetOf(message)));
}
