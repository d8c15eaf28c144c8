import type { ChangeOp, Edit, Message, Quote, Quoted, Reaction } from '#shared/room-log/types.ts';

/**
 * Estimated bytes of what entries, windows and queues hold: never below the BSON size of the same value, and little
 * above it, for a microsecond a plain message. It is counted, not measured by serialising, because every flush and
 * every window asks for it.
 */

/** Type, end of name, and the rest that BSON adds to: a nested document, a string, a number. */
const NESTED = 7;
const STRING = 7;
const SCALAR = 10;
/** An array's keys are decimal; 16 KiB of JSON has no more than five digits of them. */
const INDEX = 5;
/** All that a message has besides its strings and lists: names, numbers, frame and `_id`. */
const MESSAGE = 380;
const QUOTE = 125;
const REACTION = 64;
const EDIT = 48;
const CHANGE = 160;

/** UTF-8 bytes of a string, 0 for none. */
export const textBytes = (value: string | null | undefined): number => (value ? Buffer.byteLength(value) : 0);

export const reactionBytes = ({ userId, username, emoji }: Reaction): number =>
  REACTION + textBytes(userId) + textBytes(username) + textBytes(emoji);

export const editBytes = ({ previousText, editedAt }: Edit): number =>
  EDIT + textBytes(previousText) + textBytes(editedAt);

/** Bytes of free JSON as a BSON value. It nests at most LIMITS.jsonDepth levels. */
export function jsonBytes(value: unknown): number {
  if (typeof value === 'string') return STRING + textBytes(value);
  if (typeof value !== 'object' || value === null) return SCALAR;
  let bytes = NESTED;
  if (Array.isArray(value)) for (const item of value) bytes += INDEX + jsonBytes(item);
  else for (const [name, item] of Object.entries(value)) bytes += textBytes(name) + jsonBytes(item);
  return bytes;
}

const freeBytes = (value: unknown): number => (value === null || value === undefined ? 0 : jsonBytes(value));

/** Bytes of a quote, stored or filled in a window's map. */
export const quoteBytes = (quote: Quote | Quoted | null): number =>
  quote === null
    ? QUOTE
    : QUOTE +
      textBytes(quote.messageId) +
      textBytes(quote.username) +
      textBytes(quote.text) +
      textBytes(quote.timestamp) +
      textBytes(quote.kind) +
      textBytes(quote.deletedAt) +
      freeBytes(quote.media) +
      freeBytes(quote.audio);

/** Bytes of a message's whole state. */
export function bytesOf(message: Message): number {
  let bytes =
    MESSAGE +
    textBytes(message.room) +
    textBytes(message.messageId) +
    textBytes(message.timestamp) +
    textBytes(message.userId) +
    textBytes(message.username) +
    textBytes(message.usernameLc) +
    textBytes(message.avatar) +
    textBytes(message.bubbleColor) +
    textBytes(message.text) +
    textBytes(message.kind) +
    textBytes(message.lastEditedAt) +
    textBytes(message.deletedAt) +
    textBytes(message.author) +
    textBytes(message.key) +
    textBytes(message.keyHash) +
    freeBytes(message.media) +
    freeBytes(message.audio);
  if (message.replyTo) bytes += quoteBytes(message.replyTo);
  for (const edit of message.edits) bytes += editBytes(edit);
  for (const reaction of message.reactions) bytes += reactionBytes(reaction);
  return bytes;
}

/** Bytes of a change in an entry, without its state. */
export function opBytes(op: ChangeOp): number {
  let bytes = CHANGE;
  for (const value of Object.values(op)) if (typeof value === 'string') bytes += textBytes(value);
  return bytes;
}
