import type { Filter } from 'mongodb';
import type { Collections } from '#shared/room-log/collections.ts';
import type { Position } from '#shared/room-log/cursor.ts';
import { READ } from '#shared/room-log/lookups.ts';
import { fitting } from '#shared/room-log/page.ts';
import type { Head, Message } from '#shared/room-log/types.ts';

/** What changed after a position. */
export interface Changed {
  /** Newest states, by (rev, seq). */
  items: Message[];
  /** How far the feed has come with these items. */
  rev: number;
  seq: number;
  /** A document is newer than the head: either a write is under way, or its writer died. */
  ahead: boolean;
}

/**
 * The first `limit` messages, of at most 4 MiB, whose last change lies after `position`, in the order of that change, up to the head.
 * A message that changes meanwhile moves beyond the head and comes with the next call; so nothing is missed, and
 * nothing comes twice in one state.
 */
export async function changedSince(
  collections: Collections,
  head: Head,
  position: Pick<Position, 'rev' | 'seq'>,
  limit: number,
): Promise<Changed> {
  const end = { rev: head.rev, seq: head.seq };
  if (head.seq === head.floorSeq) return { items: [], ...end, ahead: false };
  const found = await collections
    .messages(head._id)
    .find(after(head, position), { ...READ, batchSize: limit + 2 })
    .sort({ rev: 1, seq: 1 })
    .limit(limit + 1)
    .toArray();
  const known = found.filter(({ rev }) => rev <= head.rev);
  const ahead = known.length < found.length;
  const most = Math.min(limit, fitting(known));
  if (known.length <= most) return { items: known, ...end, ahead };
  const items = known.slice(0, most);
  const { rev, seq } = items[most - 1]!;
  return { items, rev, seq, ahead };
}

/** One message can stand for a rev together with others (a recolouring): the rest of the position's own rev first. */
function after({ _id: room, floorSeq, seq: newest }: Head, { rev, seq }: Pick<Position, 'rev' | 'seq'>) {
  const visible = { $gt: floorSeq, $lte: newest };
  // A message above the floor has a rev above it: every message took one. Spares a look at what awaits its purge.
  const later: Filter<Message> = { room, rev: { $gt: Math.max(rev, floorSeq) }, seq: visible };
  if (seq >= newest) return later;
  return { $or: [{ room, rev, seq: { $gt: Math.max(seq, floorSeq), $lte: newest } }, later] };
}
