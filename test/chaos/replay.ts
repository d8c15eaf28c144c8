import type { Change, ChangeOp, Entry, Message } from '#shared/room-log/types.ts';

/** What a room's log says, read on its own: without the rules, windows and projections that are put to the test. */
export interface Replayed {
  /** Newest state of each message above the floor, by messageId. */
  messages: Map<string, Message>;
  /** Every change, in the order of the log. */
  changes: Change[];
  /** How often each text was given to a message, at most, over all its states. */
  texts: Map<string, number>;
  floorSeq: number;
}

function noteTexts(texts: Map<string, number>, { text, edits }: Message): void {
  const counts = new Map<string, number>();
  for (const one of [...edits.map(({ previousText }) => previousText), text])
    counts.set(one, (counts.get(one) ?? 0) + 1);
  for (const [one, count] of counts) texts.set(one, Math.max(count, texts.get(one) ?? 0));
}

function recolour(messages: Map<string, Message>, op: Extract<ChangeOp, { colour: string }>, rev: number): void {
  for (const [id, message] of messages) {
    const inRange = message.seq >= op.fromSeq && message.seq <= op.toSeq;
    if (inRange && message.usernameLc === op.usernameLc && message.rev < rev)
      messages.set(id, { ...message, bubbleColor: op.colour, rev });
  }
}

/** The room after these entries, which stand in the order of the log. */
export function replay(entries: readonly Entry[]): Replayed {
  const room: Replayed = { messages: new Map(), changes: [], texts: new Map(), floorSeq: 0 };
  for (const { changes } of entries)
    for (const change of changes) {
      const { rev, op, message } = change;
      room.changes.push(change);
      if (message) {
        room.messages.set(message.messageId, message);
        noteTexts(room.texts, message);
      }
      if ('colour' in op) recolour(room.messages, op, rev);
      if ('floorSeq' in op) {
        room.floorSeq = op.floorSeq;
        for (const [id, { seq }] of room.messages) if (seq <= op.floorSeq) room.messages.delete(id);
      }
    }
  return room;
}
