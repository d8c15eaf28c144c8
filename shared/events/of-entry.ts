import { type Definition, eventOf } from '#shared/events/envelope.ts';
import type { MessageState } from '#shared/events/message.shape.ts';
import { ROOM_EVENTS, type RoomEvent } from '#shared/events/room-events.ts';
import type { Change, Entry, Message } from '#shared/room-log/types.ts';

/** An entry of the room log as the events of its changes, in order; `generation` is the database's (L8). */
export function eventsOfEntry(entry: Entry, generation: string): RoomEvent[] {
  const { room, at, from, to, changes } = entry;
  const epoch = `${generation}.${entry.epoch}`;
  return changes.map((change) => {
    const { rev, kind, seq, op, message } = change;
    const data = {
      room,
      epoch,
      rev,
      from,
      to,
      kind,
      seq,
      op,
      ...(kind === 'created' && creation(entry, change)),
      ...(message && { message: publicState(message) }),
    };
    const definition: Definition = ROOM_EVENTS[kind];
    // The kind decides the definition; that op and seq are those of the kind is the log's promise.
    return eventOf(definition, { id: `${room}:${epoch}:${rev}`, subject: room, at }, data) as RoomEvent;
  });
}

/** What somebody who only wants to know of new messages needs. The state may stand at a later change of the entry. */
function creation({ room, changes }: Entry, { seq, op, message }: Change) {
  const state = message ?? changes.findLast((one) => one.seq === seq && one.message)?.message;
  const { messageId } = op as { messageId: string };
  if (!state) return { groupId: room, messageId };
  const { createdAt, username, userId, text } = state;
  return { groupId: room, messageId, createdAt, username, userId, text };
}

/** Without who used which Idempotency-Key: whoever has it could be answered with the author's message. */
function publicState({ author: _author, key: _key, keyHash: _keyHash, ...state }: Message): MessageState {
  return state;
}
