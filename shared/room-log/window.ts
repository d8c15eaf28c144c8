import { LIMITS } from '#shared/limits.ts';
import { quotedId, quotedOf, quoteIdsOf } from '#shared/room-log/quotes.ts';
import { recoloured } from '#shared/room-log/rules.ts';
import { bytesOf, quoteBytes, textBytes } from '#shared/room-log/sizes.ts';
import type { Change, ChangeOp, Entry, Message, Quoted, Window } from '#shared/room-log/types.ts';

/** What a window is made of: the answer of one query for the newest messages, labelled with a head read before it. */
export interface WindowBase {
  room: string;
  /** As `Rooms.epochOf` says it. */
  epoch: string;
  rev: number;
  floorSeq: number;
  headSeq: number;
  /** Descending seq, floorSeq < seq <= headSeq. */
  newestFirst: readonly Message[];
  /** True when the query reached the room's first message. */
  complete: boolean;
}

/** A window under construction: its own copies, changed in place until `finished`. */
interface Draft extends Omit<Window, 'items' | 'quotes'> {
  items: Message[];
  quotes: Map<string, Quoted | null>;
}

/** Index of the first item with this seq or a higher one. */
function indexOf(items: readonly Message[], seq: number): number {
  let [low, high] = [0, items.length];
  // Nearly every change is of the newest message or a new one.
  if (high > 0 && items[high - 1]!.seq < seq) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]!.seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function setQuote(draft: Draft, messageId: string, quoted: Quoted | null): void {
  dropQuote(draft, messageId);
  draft.quotes.set(messageId, quoted);
  draft.bytes += quoteBytes(quoted) + textBytes(messageId);
}

function dropQuote(draft: Draft, messageId: string): void {
  const quoted = draft.quotes.get(messageId);
  if (quoted === undefined) return;
  draft.quotes.delete(messageId);
  draft.bytes -= quoteBytes(quoted) + textBytes(messageId);
}

/** A state takes its place by seq, unless what is there is as new; one before the window only shows in quotes. */
function put(draft: Draft, message: Message): void {
  if (message.seq < draft.startSeq) {
    if (draft.quotes.has(message.messageId)) setQuote(draft, message.messageId, quotedOf(message));
    return;
  }
  const index = indexOf(draft.items, message.seq);
  const there = draft.items[index]?.seq === message.seq ? draft.items[index] : undefined;
  if (there && there.rev >= message.rev) return;
  draft.items.splice(index, there ? 1 : 0, message);
  draft.bytes += bytesOf(message) - (there ? bytesOf(there) : 0);
  dropQuote(draft, message.messageId);
}

function recolour(draft: Draft, op: Extract<ChangeOp, { colour: string }>, rev: number): void {
  for (let index = indexOf(draft.items, op.fromSeq); index < draft.items.length; index += 1) {
    const before = draft.items[index]!;
    if (before.seq > op.toSeq) return;
    if (before.usernameLc !== op.usernameLc) continue;
    const after = recoloured(before, op.colour, rev);
    draft.items[index] = after;
    draft.bytes += textBytes(after.bubbleColor) - textBytes(before.bubbleColor);
  }
}

function empty(draft: Draft, floorSeq: number): void {
  draft.items = [];
  draft.quotes.clear();
  draft.bytes = 0;
  draft.floorSeq = floorSeq;
  draft.startSeq = floorSeq + 1;
}

function take(draft: Draft, { rev, op, message }: Change): void {
  if (message) put(draft, message);
  else if ('colour' in op) recolour(draft, op, rev);
  else if ('floorSeq' in op) empty(draft, op.floorSeq);
}

/**
 * The draft within 500 messages and 4 MiB: the oldest slide out, those still quoted into the quotes, and quotes that
 * nobody uses any more are dropped.
 */
function finished(draft: Draft): Window {
  const { items } = draft;
  const tooMuch = (start: number) =>
    start < items.length && (items.length - start > LIMITS.windowMessages || draft.bytes > LIMITS.windowBytes);
  if (draft.quotes.size === 0 && !tooMuch(0)) return draft;

  const uses = new Map<string, number>();
  for (const item of items) {
    const id = quotedId(item);
    if (id !== undefined) uses.set(id, (uses.get(id) ?? 0) + 1);
  }
  for (const id of draft.quotes.keys()) if (!uses.has(id)) dropQuote(draft, id);

  let start = 0;
  for (; tooMuch(start); start += 1) {
    const item = items[start]!;
    draft.bytes -= bytesOf(item);
    draft.startSeq = item.seq + 1;
    const id = quotedId(item);
    if (id !== undefined) {
      uses.set(id, uses.get(id)! - 1);
      if (uses.get(id) === 0) dropQuote(draft, id);
    }
    if (uses.get(item.messageId)) setQuote(draft, item.messageId, quotedOf(item));
  }
  return start === 0 ? draft : { ...draft, items: items.slice(start) };
}

/** A window of what a query found, without quotes. */
export function windowOf({ room, epoch, rev, floorSeq, headSeq, newestFirst, complete }: WindowBase): Window {
  const items = newestFirst.toReversed();
  const startSeq = complete ? floorSeq + 1 : (items[0]?.seq ?? headSeq + 1);
  const bytes = items.reduce((sum, item) => sum + bytesOf(item), 0);
  return finished({ room, epoch, rev, floorSeq, startSeq, items, quotes: new Map(), bytes });
}

/** The window after an entry; the same object for an entry it already has; null for a hole or another epoch. */
export function applyEntry(window: Window, entry: Entry, epoch: string): Window | null {
  if (epoch !== window.epoch) return null;
  if (entry.to <= window.rev) return window;
  if (entry.from !== window.rev + 1) return null;
  const draft = draftOf(window);
  for (const change of entry.changes) take(draft, change);
  draft.rev = entry.to;
  return finished(draft);
}

const draftOf = (window: Window): Draft => ({
  ...window,
  items: window.items.slice(),
  quotes: new Map(window.quotes),
});

/** Quoted messages that are neither in the window nor known to be missing. */
export function missingQuotes({ items, quotes }: Window): string[] {
  const wanted = quoteIdsOf(items).filter((id) => !quotes.has(id));
  if (wanted.length === 0) return wanted;
  const present = new Set(items.map(({ messageId }) => messageId));
  return wanted.filter((id) => !present.has(id));
}

/**
 * The window with the quoted messages that were asked for; an id of `asked` without a message in `found`, or with one at
 * or below the floor, is unknown from now on. To be used on the very window that `missingQuotes` was asked about:
 * `found` may be older than a later one.
 */
export function withQuotes(window: Window, found: ReadonlyMap<string, Message>, asked: readonly string[]): Window {
  if (asked.length === 0) return window;
  const draft = draftOf(window);
  for (const id of asked) {
    const message = found.get(id);
    setQuote(draft, id, message && message.seq > window.floorSeq ? quotedOf(message) : null);
  }
  return finished(draft);
}
