import { filledQuote, quotedId, quotedOf } from '#shared/room-log/quotes.ts';
import { quoteBytes } from '#shared/room-log/sizes.ts';
import type { ItemSummary, Message, Quoted, Window, WindowItem } from '#shared/room-log/types.ts';
import { viewWith } from '#shared/room-log/view.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';

/**
 * Messages of windows are kept as the JSON that clients get: a third of what the objects and their JSON took (decision
 * 9), nothing for the garbage collector to walk through, and a changed window is joined together instead of made anew.
 */

/** Where the quote goes, in the JSON of a message without one. What follows in a message cannot look like it. */
const PLACE = '"replyTo":null,"edited":';
const BEFORE = '"replyTo":'.length;
const NONE = 'null'.length;

/** A message as a window keeps it. */
export const itemOf = (message: Message): WindowItem => itemWith(message, JSON.stringify(viewWith(message, null)));

/** An item of this summary and this JSON. */
export function itemWith({ seq, rev, messageId, usernameLc, replyTo }: ItemSummary, json: string): WindowItem {
  const bytes = Buffer.byteLength(json) + (replyTo ? quoteBytes(replyTo) : 0);
  return { seq, rev, messageId, usernameLc, replyTo, bytes, json };
}

const viewIn = ({ json }: WindowItem): MessageView => JSON.parse(json) as MessageView;

/** The item with another bubble colour, as of `rev`; itself when it stands for that rev or a later one (L1, L14). */
export function recolouredItem(item: WindowItem, bubbleColor: string, rev: number): WindowItem {
  if (item.rev >= rev) return item;
  return itemWith({ ...item, rev }, JSON.stringify({ ...viewIn(item), bubbleColor, rev }));
}

/** What quotes show of an item. */
export const quotedOfItem = (item: WindowItem): Quoted => quotedOf(viewIn(item));

/** The JSON of an item, its quote filled from `quotes` (L12). */
export function itemJson(item: WindowItem, quotes: ReadonlyMap<string, Quoted | null>): string {
  const { replyTo, json } = item;
  if (!replyTo) return json;
  const quote = filledQuote(replyTo, quotes.get(quotedId(item) ?? ''));
  const at = json.lastIndexOf(PLACE) + BEFORE;
  return json.slice(0, at) + JSON.stringify(quote) + json.slice(at + NONE);
}

/** A JSON array of these items, in the order given. */
export const itemsJson = (items: readonly WindowItem[], quotes: ReadonlyMap<string, Quoted | null>): string =>
  `[${items.map((item) => itemJson(item, quotes)).join(',')}]`;

/** The newest `count` messages of a window as a JSON array, oldest first. */
export const windowJson = ({ items, quotes }: Window, count: number): string => itemsJson(items.slice(-count), quotes);

/** The messages of a window as clients see them. */
export const viewsOfWindow = ({ items, quotes }: Window): MessageView[] =>
  JSON.parse(itemsJson(items, quotes)) as MessageView[];
