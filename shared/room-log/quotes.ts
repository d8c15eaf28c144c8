import { LIMITS } from '#shared/limits.ts';
import type { Message, Quote, Quoted } from '#shared/room-log/types.ts';

/** Quotes are filled on reading (L12): the target's state now, or what was sent when the target is unknown. */

const encoder = new TextEncoder();

/**
 * As much of a text as a quote shows: 2 KiB, ending with a whole character. Without a limit, 500 replies to one long text
 * would be an answer of 30 MB.
 */
export function quotedText(text: string): string {
  if (Buffer.byteLength(text) <= LIMITS.quoteTextBytes) return text;
  const bytes = Buffer.alloc(LIMITS.quoteTextBytes);
  // A copy: a slice would keep the whole text in memory for as long as it lives itself.
  return bytes.toString('utf8', 0, encoder.encodeInto(text, bytes).written);
}

/** What quotes show of a message, stored or as clients see it. */
export function quotedOf(message: Quoted): Quoted {
  const { messageId, username, text, timestamp, kind, deleted, deletedAt } = message;
  const quoted: Quoted = { messageId, username, text: quotedText(text), timestamp, kind, deleted, deletedAt };
  if (message.media !== null && message.media !== undefined) quoted.media = message.media;
  if (message.audio !== null && message.audio !== undefined) quoted.audio = message.audio;
  return quoted;
}

/** The message that a message quotes, where it names one. */
export const quotedId = ({ replyTo }: Pick<Message, 'replyTo'>): string | undefined => replyTo?.messageId || undefined;

/** The ids of all quoted messages, each once, in order. */
export function quoteIdsOf(items: readonly Pick<Message, 'replyTo'>[]): string[] {
  const ids = new Set<string>();
  for (const item of items) {
    const id = quotedId(item);
    if (id !== undefined) ids.add(id);
  }
  return [...ids];
}

/**
 * The quote as a reader gets it. Of a known target text, username, timestamp, kind, media, audio and deletion; of an
 * unknown one (null or undefined) the snapshot. kind, media and audio only when there are any, deleted and deletedAt
 * only when it is deleted; a deleted target shows an empty text and no media.
 */
export function filledQuote(quote: Quote | null, target: Quoted | null | undefined): Quote | null {
  if (!quote) return null;
  const { username, timestamp, kind, media, audio, deleted, deletedAt } = target ?? quote;
  const shown = !target?.deleted;
  return {
    ...(quote.messageId !== undefined && { messageId: quote.messageId }),
    ...(username !== undefined && { username }),
    text: shown ? quotedText((target ?? quote).text ?? '') : '',
    ...(timestamp !== undefined && { timestamp }),
    ...(kind !== null && kind !== undefined && { kind }),
    ...(shown && media !== null && media !== undefined && { media }),
    ...(shown && audio !== null && audio !== undefined && { audio }),
    ...(deleted && { deleted: true, deletedAt: deletedAt ?? null }),
  };
}
