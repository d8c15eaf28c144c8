import { deadlineOf } from '#shared/deadline.ts';
import { isVisible, messageById, messageByTimestamp } from '#shared/room-log/lookups.ts';
import { quotedId } from '#shared/room-log/quotes.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import type { Message, NewMessage } from '#shared/room-log/types.ts';
import { action } from '#shared/rooms/action.ts';
import { newMessage } from '#shared/rooms/new-message.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';
import { viewOf } from '#shared/room-log/view.ts';

/** Stores a message, or answers the stored one to a repeat (L10). */
export const create = action(roomContract.create, async (params, { rooms, ctx }) => {
  const message = newMessage(params);
  const fresh = params.fresh === true && message.key === undefined;
  const quoting = targetOf(rooms, params.room, message);
  const outcome = await rooms.submit(params.room, { op: 'create', message, fresh }, deadlineOf(ctx));
  const stored = outcome.message!;
  const target = await quoting;
  const known = target !== null && target.messageId === quotedId(stored) ? target : null;
  return { message: viewOf(stored, known), replayed: outcome.replayed };
});

/**
 * The message that a new one replies to. Read beside the write and never a reason to fail: the message may be stored by
 * then, and no error may say otherwise (P8); it is then shown with the quote that was sent.
 */
async function targetOf(rooms: Rooms, room: string, message: NewMessage): Promise<Message | null> {
  const messageId = quotedId(message);
  const timestamp = message.replyTo?.timestamp;
  if (messageId === undefined && !timestamp) return null;
  try {
    const [head, target] = await Promise.all([
      rooms.head(room),
      messageId === undefined ? null : messageById(rooms.collections, room, messageId),
    ]);
    if (!head) return null;
    const found = messageId === undefined ? await messageByTimestamp(rooms.collections, head, timestamp!) : target;
    return isVisible(head, found) ? found : null;
  } catch {
    return null;
  }
}
