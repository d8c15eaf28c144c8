import { isDm } from '#shared/room-id.ts';
import { filledQuote } from '#shared/room-log/quotes.ts';
import type { Message, Quoted, Reaction } from '#shared/room-log/types.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';

/** Messages as clients see them. */

/** What a quote shows of its target; null or undefined when the target is unknown. */
export type Target = Quoted | null | undefined;

/**
 * A message as clients see it: an allow-list, so that nothing of the storage (keys, author, _id) can ever leave.
 * `target` is the message that this one replies to (L12).
 */
export const viewOf = (message: Message, target: Target): MessageView =>
  viewWith(message, filledQuote(message.replyTo, target));

/** The same with this as its quote. */
export function viewWith(message: Message, replyTo: MessageView['replyTo']): MessageView {
  const { room } = message;
  return {
    roomId: room,
    groupId: room,
    ...(isDm(room) ? { dmId: room } : {}),
    messageId: message.messageId,
    seq: message.seq,
    rev: message.rev,
    timestamp: message.timestamp,
    createdAt: message.createdAt,
    userId: message.userId,
    username: message.username,
    avatar: message.avatar,
    bubbleColor: message.bubbleColor,
    text: message.text,
    kind: message.kind,
    ...(message.deleted ? {} : { media: message.media ?? null, audio: message.audio ?? null }),
    replyTo,
    edited: message.edited,
    lastEditedAt: message.lastEditedAt,
    edits: message.edits.map(({ previousText, editedAt }) => ({ previousText, editedAt })),
    deleted: message.deleted,
    deletedAt: message.deletedAt,
    reactions: reactionMap(message.reactions),
  };
}

/** Reactions by userId. Without a prototype, so that a user called `__proto__` is a key like any other. */
export function reactionMap(reactions: readonly Reaction[]): Record<string, Reaction> {
  const map = Object.create(null) as Record<string, Reaction>;
  for (const { emoji, at, userId, username } of reactions) map[userId] = { emoji, at, userId, username };
  return map;
}

/** How many reactions there are, and the one with the largest `at` (of equal ones the later). */
export function reactionSummary(reactions: readonly Reaction[]) {
  let newest: Reaction | null = null;
  for (const one of reactions) if (!newest || one.at >= newest.at) newest = one;
  const mostRecent = newest && {
    emoji: newest.emoji,
    at: newest.at,
    userId: newest.userId,
    username: newest.username,
  };
  return { totalCount: reactions.length, mostRecent };
}
