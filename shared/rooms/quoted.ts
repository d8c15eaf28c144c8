import { quotedId } from '#shared/room-log/quotes.ts';
import type { Message, Quoted, Window } from '#shared/room-log/types.ts';

/** Who knows the target of a reply: null when it was looked for and is unknown, undefined when it is no reply. */
export type QuotedOf = (message: Message) => Quoted | null | undefined;

/** Targets among these messages and, behind them, in this map. */
export function quotedAmong(messages: readonly Message[], others: ReadonlyMap<string, Quoted | null>): QuotedOf {
  let byId: Map<string, Message> | undefined;
  return (message) => {
    const id = quotedId(message);
    if (id === undefined) return undefined;
    byId ??= new Map(messages.map((one) => [one.messageId, one]));
    return byId.get(id) ?? others.get(id) ?? null;
  };
}

/** Targets as a window knows them. */
export const quotedIn = (window: Window): QuotedOf => quotedAmong(window.items, window.quotes);
