import type { WindowRead } from '#shared/room-log/rooms.ts';
import { action } from '#shared/rooms/action.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';

/** Where a room stands, and what the instance that is asked has of it. */
export const inspect = action(roomContract.inspect, async ({ room }, { rooms, ctx }) => {
  const { nodeID: node } = ctx.broker;
  // Counted before the read, which takes a moment.
  const { waiting } = rooms;
  const read = await rooms.window(room);
  if (!read) return { node, head: null, window: null, waiting };
  const { rev, seq, floorSeq, createdAt, lastSeq, previewSeq } = read.head;
  const head = { epoch: rooms.epochOf(read.head), rev, seq, floorSeq, createdAt, lastSeq, previewSeq };
  return { node, head, window: windowOf(read), waiting };
});

const windowOf = ({ window, base, changes }: WindowRead) => ({
  rev: window.rev,
  items: window.items.length,
  startSeq: window.startSeq,
  bytes: window.bytes,
  base,
  changes,
});
