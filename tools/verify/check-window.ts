import { isDeepStrictEqual } from 'node:util';
import type { ReadModel } from '#shared/read-model/read-model.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import { quotedId } from '#shared/room-log/quotes.ts';
import type { Head, Window, WindowItem } from '#shared/room-log/types.ts';
import { advanced, filled, queried } from '#shared/room-log/window-reads.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { differingFields, type Findings } from '#tools/verify/difference.ts';

/** What a room's stored window is good for: nobody reads one that is void, or further behind than the log reaches. */
export type WindowState = 'none' | 'void' | 'outdated' | 'usable';

/** Compares what a reader gets from the stored window with what a query says. */
export async function checkWindow(
  collections: Collections,
  model: ReadModel,
  head: Head,
  epoch: string,
  findings: Findings,
): Promise<WindowState> {
  let stored: Window | null;
  try {
    if ((await model.stored(head._id)) === null) return 'none';
    stored = await model.load(head._id);
  } catch (error) {
    findings.add('window', `cannot be read: ${String(error)}`);
    return 'void';
  }
  if (!stored) return 'none';
  if (stored.epoch !== epoch) return 'void';
  if (stored.rev > head.rev) findings.add('window', `is at rev ${stored.rev}, the head at ${head.rev}`);
  const reached = await advanced(collections, stored, head);
  if (!reached) return 'outdated';
  const [is, should] = [
    await filled(collections, reached.window),
    await filled(collections, await queried(collections, epoch, head, () => undefined)),
  ];
  compare(is, should, head, findings);
  return 'usable';
}

/** All that an item says, message and summary. */
const fieldsOf = ({ json, bytes: _bytes, replyTo: sent, ...summary }: WindowItem): object => ({
  ...(JSON.parse(json) as MessageView),
  ...summary,
  replyTo: sent,
});

function compare(is: Window, should: Window, head: Head, findings: Findings): void {
  if (is.floorSeq !== should.floorSeq)
    findings.add('window', `ends at floor ${is.floorSeq}, the room at ${should.floorSeq}`);
  // One that slid may begin later than one that is new.
  const start = Math.max(is.startSeq, should.startSeq);
  const items = new Map(is.items.map((item) => [item.seq, item]));
  const newer = new Set(should.items.filter(({ rev }) => rev > head.rev).map(({ messageId }) => messageId));
  for (const item of should.items) {
    if (item.seq < start || item.rev > head.rev) continue;
    const ours = items.get(item.seq);
    const fields = ours ? differingFields(fieldsOf(ours), fieldsOf(item), isDeepStrictEqual) : ['missing'];
    if (fields.length > 0) findings.add('window', `seq ${item.seq} at rev ${item.rev} differs: ${fields.join(', ')}`);
    const quoted = quotedId(item);
    if (quoted === undefined || newer.has(quoted) || !is.quotes.has(quoted) || !should.quotes.has(quoted)) continue;
    if (!isDeepStrictEqual(is.quotes.get(quoted), should.quotes.get(quoted)))
      findings.add('window', `what seq ${item.seq} quotes differs`);
  }
  const known = new Set(should.items.map(({ seq }) => seq));
  for (const { seq } of is.items)
    if (seq >= start && seq <= head.seq && !known.has(seq))
      findings.add('window', `seq ${seq} is no message of the room`);
}
