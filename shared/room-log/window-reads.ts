import { LIMITS } from '#shared/limits.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import { QUOTED } from '#shared/room-log/lookups.ts';
import { bytesOf } from '#shared/room-log/sizes.ts';
import type { Head, Quoted, Message, Window, WindowItem } from '#shared/room-log/types.ts';
import { itemOf } from '#shared/room-log/window-item.ts';
import { applyEntry, missingQuotes, windowOf, withQuotes } from '#shared/room-log/window.ts';

/** What a latest window is made of in the database (design section 3). */

/** `base` plus the log up to `head`; undefined when the log does not reach back, has a hole, or it is too much. */
export async function advanced(
  { log }: Collections,
  base: Window,
  head: Head,
): Promise<{ window: Window; changes: number } | undefined> {
  if (base.rev >= head.rev) return { window: base, changes: 0 };
  if (head.rev - base.rev > LIMITS.entryChanges) return undefined;
  // A base and a head stand at the ends of entries; one that does not meets a hole below, and is made anew.
  const filter = { room: base.room, from: { $gt: base.rev, $lte: head.rev } };
  let window = base;
  let changes = 0;
  let bytes = 0;
  for await (const entry of log.find(filter).sort({ from: 1 }).batchSize(100)) {
    for (const { message } of entry.changes) bytes += message ? bytesOf(message) : 0;
    const next = bytes > LIMITS.entryBytes || entry.epoch !== head.epoch ? null : applyEntry(window, entry, base.epoch);
    if (!next) return undefined;
    window = next;
    changes += entry.changes.length;
  }
  return window.rev === head.rev ? { window, changes } : undefined;
}

/**
 * The newest messages, labelled with the head's rev, which was read before this query: a change applied twice is
 * harmless, one missed is not. `ahead` is called when a document is newer than the head. Quotes are not filled.
 */
export async function queried(
  collections: Collections,
  epoch: string,
  { _id: room, rev, seq, floorSeq }: Head,
  ahead: () => void,
): Promise<Window> {
  const newestFirst: WindowItem[] = [];
  let bytes = 0;
  let isAhead = false;
  const filter = { room, seq: { $gt: floorSeq, $lte: seq } };
  const cursor = collections
    .messages(room)
    .find(filter, { projection: { _id: 0 } })
    .sort({ seq: -1 })
    .limit(LIMITS.windowMessages)
    .batchSize(LIMITS.windowMessages);
  for await (const message of cursor) {
    const item = itemOf(message);
    bytes += item.bytes;
    if (bytes > LIMITS.windowBytes && newestFirst.length > 0) break;
    newestFirst.push(item);
    isAhead ||= message.rev > rev;
  }
  if (isAhead) ahead();
  const complete = newestFirst.length === 0 || newestFirst.at(-1)!.seq === floorSeq + 1;
  return windowOf({ room, epoch, rev, floorSeq, headSeq: seq, newestFirst, complete });
}

/** The window with every quoted message that it lacks, as far as there is one. */
export async function filled(collections: Collections, window: Window): Promise<Window> {
  const missing = missingQuotes(window);
  if (missing.length === 0) return window;
  const { room } = window;
  const found = new Map<string, Quoted & Pick<Message, 'seq'>>();
  for await (const message of collections
    .messages(room)
    .find<Quoted & Pick<Message, 'seq'>>({ room, messageId: { $in: missing } }, { projection: QUOTED }))
    found.set(message.messageId, message);
  return withQuotes(window, found, missing);
}
