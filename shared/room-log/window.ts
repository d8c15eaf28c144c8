import { LIMITS } from '#shared/limits.ts';
import { quotedId, quotedOf, quoteIdsOf } from '#shared/room-log/quotes.ts';
import { quoteBytes, textBytes } from '#shared/room-log/sizes.ts';
import type { Change, ChangeOp, Entry, Message, Quoted, Window, WindowItem } from '#shared/room-log/types.ts';
import { itemOf, quotedOfItem, recolouredItem } from '#shared/room-log/window-item.ts';

/** What a window is made of: the answer of one query for the newest messages, labelled with a head read before it. */
export interface WindowBase {
  room: string;
  /** As `Rooms.epochOf` says it. */
  epoch: string;
  rev: number;
  floorSeq: number;
  headSeq: number;
  /** Descending seq, floorSeq < seq <= headSeq. */
  newestFirst: readonly WindowItem[];
  /** True when the query reached the room's first message. */
  complete: boolean;
}

/** A window under construction: its own copies, changed in place until `finished`. */
interface Draft extends Omit<Window, 'items' | 'quotes'> {
  items: WindowItem[];
  quotes: Map<string, Quoted | null>;
}

/** Index of the first item with this seq or a higher one. */
function indexOf(items: readonly WindowItem[], seq: number): number {
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

/** Fills quotes of messages that are in the window themselves. */
function quoteOwn(draft: Draft, wanted: readonly string[]): void {
  if (wanted.length === 0) return;
  const byId = new Map(draft.items.map((item) => [item.messageId, item]));
  for (const id of wanted) {
    const target = byId.get(id);
    if (target) setQuote(draft, id, quotedOfItem(target));
  }
}

/** A state takes its place by seq, unless what is there is as new; one before the window only shows in quotes. */
function put(draft: Draft, message: Message): void {
  if (message.seq >= draft.startSeq) {
    const index = indexOf(draft.items, message.seq);
    const there = draft.items[index]?.seq === message.seq ? draft.items[index] : undefined;
    if (there && there.rev >= message.rev) return;
    const item = itemOf(message);
    draft.items.splice(index, there ? 1 : 0, item);
    draft.bytes += item.bytes - (there?.bytes ?? 0);
    const quoted = quotedId(message);
    if (quoted !== undefined && !draft.quotes.has(quoted)) quoteOwn(draft, [quoted]);
  }
  if (draft.quotes.has(message.messageId)) setQuote(draft, message.messageId, quotedOf(message));
}

function recolour(draft: Draft, op: Extract<ChangeOp, { colour: string }>, rev: number): void {
  for (let index = indexOf(draft.items, op.fromSeq); index < draft.items.length; index += 1) {
    const before = draft.items[index]!;
    if (before.seq > op.toSeq) return;
    if (before.usernameLc !== op.usernameLc) continue;
    const after = recolouredItem(before, op.colour, rev);
    draft.items[index] = after;
    draft.bytes += after.bytes - before.bytes;
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

/** The draft within 500 messages and 4 MiB, the newest message in any case: the oldest slide out, and quotes that nobody uses any more are dropped. */
function finished(draft: Draft): Window {
  const { items } = draft;
  const tooMuch = (start: number) =>
    start < items.length - 1 && (items.length - start > LIMITS.windowMessages || draft.bytes > LIMITS.windowBytes);
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
    draft.bytes -= item.bytes;
    draft.startSeq = item.seq + 1;
    const id = quotedId(item);
    if (id === undefined) continue;
    uses.set(id, uses.get(id)! - 1);
    if (uses.get(id) === 0) dropQuote(draft, id);
  }
  return start === 0 ? draft : { ...draft, items: items.slice(start) };
}

/** A window of what a query found; of quotes it has those of messages in it. */
export function windowOf({ room, epoch, rev, floorSeq, headSeq, newestFirst, complete }: WindowBase): Window {
  const items = newestFirst.toReversed();
  const startSeq = complete ? floorSeq + 1 : (items[0]?.seq ?? headSeq + 1);
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  const draft = { room, epoch, rev, floorSeq, startSeq, items, quotes: new Map<string, Quoted | null>(), bytes };
  quoteOwn(draft, quoteIdsOf(items));
  return finished(draft);
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

/** Quoted messages of which the window does not know whether there are any. */
export const missingQuotes = ({ items, quotes }: Window): string[] => quoteIdsOf(items).filter((id) => !quotes.has(id));

/**
 * The window with the quoted messages that were asked for; an id of `asked` without a message in `found`, or with one at
 * or below the floor, is unknown from now on. To be used on the very window that `missingQuotes` was asked about:
 * `found` may be older than a later one.
 */
export function withQuotes(
  window: Window,
  found: ReadonlyMap<string, Quoted & Pick<Message, 'seq'>>,
  asked: readonly string[],
): Window {
  if (asked.length === 0) return window;
  const draft = draftOf(window);
  for (const id of asked) {
    const message = found.get(id);
    setQuote(draft, id, message && message.seq > window.floorSeq ? quotedOf(message) : null);
  }
  return finished(draft);
}
