import { deadlineOf, monotonic } from '#shared/deadline.ts';
import { LIMITS } from '#shared/limits.ts';
import { changedSince } from '#shared/room-log/changes.ts';
import { decodeCursor, encodeCursor, isVoid, type Position, START } from '#shared/room-log/cursor.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';
import type { Result } from '#shared/contract.ts';
import { action, type Call } from '#shared/rooms/action.ts';
import { clamp } from '#shared/rooms/clamp.ts';
import { roomContract } from '#shared/rooms/rooms.contract.ts';
import { viewsOf } from '#shared/rooms/views.ts';

/** Longest wait for a first change, in s: below the 30 s after which proxies cut silent connections. */
const MAX_WAIT_S = 25;
/** How soon a long poll notices that the broker stops: within the half second for which a stopping service waits. */
const SLICE_MS = 250;
/** Left of the caller's deadline for the last read and the answer, in ms. */
const ANSWER_MS = 300;

type Feed = Result<typeof roomContract.changes>;

/** What changed after a cursor; with `wait`, it waits once for a first change. */
export const changes = action(roomContract.changes, async ({ room, since, limit, wait }, call) => {
  const position = decodeCursor(since);
  const most = clamp(limit, 1, LIMITS.windowMessages, 100);
  const waitMs = clamp(wait, 0, MAX_WAIT_S, 0) * 1000;
  const { feed, rev } = await read(call.rooms, room, position, most);
  if (waitMs === 0 || feed.reset || feed.items.length > 0) return feed;
  await untilChanged(call, room, rev, waitMs);
  return (await read(call.rooms, room, position, most)).feed;
});

/** Waits for a rev beyond `rev`, in slices: neither a broker that stops nor the caller's deadline is overrun. */
async function untilChanged({ rooms, ctx, signal }: Call, room: string, rev: number, ms: number): Promise<void> {
  const end = Math.min(monotonic() + ms, deadlineOf(ctx) - ANSWER_MS);
  for (let left = end - monotonic(); left > 0 && !ctx.broker.stopping && !signal.aborted; left = end - monotonic()) {
    await rooms.changed(room, rev, Math.min(left, SLICE_MS), signal);
    const head = await rooms.head(room);
    if ((head?.rev ?? 0) > rev) return;
  }
}

/** The feed now, and the rev of the head that it was read under. */
async function read(
  rooms: Rooms,
  room: string,
  position: Position,
  limit: number,
): Promise<{ feed: Feed; rev: number }> {
  const head = await rooms.head(room);
  const epoch = rooms.epochOf(head);
  if (isVoid(position, head, epoch)) return { feed: await startOver(rooms, room), rev: head?.rev ?? 0 };
  if (!head) return { feed: { items: [], next: encodeCursor(START), reset: false }, rev: 0 };
  const { items, rev, seq, ahead } = await changedSince(rooms.collections, head, position, limit);
  if (ahead) rooms.repair(room);
  const next = encodeCursor({ epoch, rev, seq, floorSeq: head.floorSeq });
  return { feed: { items: await viewsOf(rooms, head, items), next, reset: false }, rev: head.rev };
}

/** What the cursor's holder has is void: the newest window instead, and a cursor that goes on behind it. */
async function startOver(rooms: Rooms, room: string): Promise<Feed> {
  const found = await rooms.window(room);
  if (!found) return { items: [], next: encodeCursor(START), reset: true };
  const { window, head } = found;
  const { epoch, rev, floorSeq } = window;
  const seq = window.items.at(-1)?.seq ?? head.seq;
  return {
    items: viewsOfWindow(window),
    next: encodeCursor({ epoch, rev, seq, floorSeq }),
    reset: true,
  };
}
