import { Fault } from '#shared/errors.ts';
import { quotedTimestamp } from '#shared/room-log/needs.ts';
import { created, edited, reacted, removed } from '#shared/room-log/rules.ts';
import type { Running } from '#shared/room-log/running.ts';
import { bytesOf, reactionBytes } from '#shared/room-log/sizes.ts';
import type { Change, ChangeKind, Command, Message, Millis, Outcome } from '#shared/room-log/types.ts';

/** What a command would do: its answer, and the change with the step that makes it part of the running room. */
export interface Plan {
  outcome: Outcome;
  change?: Change;
  /** Estimated bytes of the change's state. */
  size?: number;
  commit?: () => void;
}

type CommandOf<Op extends Command['op']> = Extract<Command, { op: Op }>;

const answer = (message: Message | null, replayed = false, count = 0): Outcome => ({ message, replayed, count });

/** L10: a repeat of the messageId, or of the author's key with the same body, is answered with what is stored. */
function repeatOf(room: Running, { messageId, author, key, keyHash }: CommandOf<'create'>['message']) {
  const twin = room.find(messageId);
  if (twin || author === undefined || key === undefined) return twin;
  const holder = room.findByKey(author, key);
  if (holder && holder.keyHash !== keyHash) throw new Fault('idempotency_key_reused');
  return holder;
}

function planCreate(room: Running, { message }: CommandOf<'create'>, now: Millis): Plan {
  const stored = repeatOf(room, message);
  if (stored) return { outcome: answer(stored, true) };
  const timestamp = quotedTimestamp(message);
  const target = timestamp === undefined ? undefined : room.findTimestamp(timestamp);
  const found = target !== undefined && message.replyTo ? { replyTo: { ...message.replyTo, messageId: target } } : {};
  const place = { room: room.room, seq: room.seq + 1, rev: room.rev + 1, createdAt: now };
  const state = created({ ...message, ...found }, place);
  const size = bytesOf(state);
  return planState('created', state, { messageId: state.messageId }, size, () => room.create(state, size));
}

function planState(kind: ChangeKind, state: Message, op: Change['op'], size: number, commit: () => void): Plan {
  const change: Change = { rev: state.rev, kind, seq: state.seq, op, message: state };
  return { outcome: answer(state), change, size, commit };
}

/** A change of a message that exists: throws message_not_found, and then no rev is taken. */
function targetOf(room: Running, { messageId }: { messageId: string }): Message {
  const target = room.find(messageId);
  if (!target) throw new Fault('message_not_found');
  return target;
}

function planEdit(room: Running, command: CommandOf<'edit'>, now: Millis): Plan {
  const state = edited(targetOf(room, command), command.newText, room.rev + 1, now);
  const size = bytesOf(state);
  return planState('edited', state, { messageId: state.messageId }, size, () => room.replace(state, size));
}

function planDelete(room: Running, command: CommandOf<'delete'>, now: Millis): Plan {
  const before = targetOf(room, command);
  const state = removed(before, room.rev + 1, now);
  if (state === before) return { outcome: answer(before) };
  const size = bytesOf(state);
  return planState('deleted', state, { messageId: state.messageId }, size, () => room.replace(state, size));
}

function planReact(room: Running, command: CommandOf<'react'>, now: Millis): Plan {
  const { messageId, user, emoji } = command;
  const before = targetOf(room, command);
  const state = reacted(before, user, emoji, room.rev + 1, now);
  if (state === before) return { outcome: answer(before) };
  const bytesIn = ({ reactions }: Message) => {
    const own = reactions.find(({ userId }) => userId === user.userId);
    return own ? reactionBytes(own) : 0;
  };
  const size = room.sizeOf(before) - bytesIn(before) + bytesIn(state);
  const op = { messageId, userId: user.userId, username: user.username, emoji };
  return planState('reacted', state, op, size, () => room.replace(state, size));
}

/** L14. An empty room has nothing to recolour, and remembers no colour. */
function planRecolour(room: Running, { usernameLc, colour }: CommandOf<'recolour'>): Plan {
  if (room.seq === room.floorSeq || room.colourOf(usernameLc) === colour) return { outcome: answer(null) };
  const op = { usernameLc, colour, ...room.newest() };
  const rev = room.rev + 1;
  return {
    outcome: answer(null, false, room.countOf(op)),
    change: { rev, kind: 'recoloured', seq: null, op },
    commit: () => room.recolour(op, rev),
  };
}

/** L13. `at` is the unclamped time: a room whose createdAt runs ahead is purged no later. */
function planDeleteRoom(room: Running, at: Millis): Plan {
  const count = room.seq - room.floorSeq;
  if (count === 0) return { outcome: answer(null) };
  const rev = room.rev + 1;
  return {
    outcome: answer(null, false, count),
    change: { rev, kind: 'room-deleted', seq: null, op: { floorSeq: room.seq } },
    commit: () => room.clear(rev, at),
  };
}

/** What a command leads to in the room as it runs. `at`: whole ms of the database's clock. Throws Fault for what is refused. */
export function planOf(room: Running, command: Command, at: Millis): Plan {
  // L11: never below the newest message's createdAt + 1 ms.
  const now = Math.max(at, room.createdAt + 1);
  switch (command.op) {
    case 'create':
      return planCreate(room, command, now);
    case 'edit':
      return planEdit(room, command, now);
    case 'delete':
      return planDelete(room, command, now);
    case 'react':
      return planReact(room, command, now);
    case 'recolour':
      return planRecolour(room, command);
    case 'delete-room':
      return planDeleteRoom(room, at);
  }
}
