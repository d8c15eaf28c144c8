import { isDm } from '#shared/room-id.ts';
import { filledQuote } from '#shared/room-log/quotes.ts';
import type { Message, Quoted, Reaction, Window } from '#shared/room-log/types.ts';
import { quotedIn, type QuotedOf } from '#shared/rooms/quoted.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';

/** Messages as clients see them. */

/** What a quote shows of its target; null or undefined when the target is unknown. */
export type Target = Quoted | null | undefined;

/**
 * A message as clients see it: an allow-list, so that nothing of the storage (keys, author, _id) can ever leave.
 * `target` is the message that this one replies to (L12).
 */
export function viewOf(message: Message, target: Target): MessageView {
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
    replyTo: filledQuote(message.replyTo, target),
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

/**
 * The JSON of each message with the target it was made for. Messages and targets are never changed in place, so the
 * same two objects have the same JSON: after one change a window costs one message, not 500.
 */
const cache = new WeakMap<Message, { target: Target; json: string }>();

export function messageJson(message: Message, target: Target): string {
  const known = cache.get(message);
  if (known && known.target === target) return known.json;
  const json = JSON.stringify(viewOf(message, target));
  cache.set(message, { target, json });
  return json;
}

/** A JSON array of messages, in the order given. */
export function messagesJson(messages: readonly Message[], quotedOf: QuotedOf): string {
  return `[${messages.map((message) => messageJson(message, quotedOf(message))).join(',')}]`;
}

/** The newest `count` messages of a window as a JSON array, oldest first. */
export function windowJson(window: Window, count: number): string {
  return messagesJson(window.items.slice(-count), quotedIn(window));
}
