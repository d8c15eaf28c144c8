import { expect } from '@jest/globals';
import type { OpenRooms } from '#shared/room-log/open.ts';
import { messageById } from '#shared/room-log/lookups.ts';
import type { Head, Message, Outcome } from '#shared/room-log/types.ts';
import { viewWith } from '#shared/room-log/view.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';
import { follow, type Replica, walk } from '#test/room-log/model/reads.ts';
import { isRefused, type RoomModel, type Verdict } from '#test/room-log/model/model.ts';

/** Compares what a reader gets with what the model says. */

/** A stored message without what only the storage knows. */
const bare = ({ _id, ...message }: Message & { _id?: unknown }): Message => message;
export const bareAll = (messages: readonly Message[]): Message[] => messages.map((message) => bare(message));

export function expectAnswer(outcome: PromiseSettledResult<Outcome>, verdict: Verdict): void {
  if (isRefused(verdict)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { type: verdict.fault } });
    return;
  }
  if (outcome.status === 'rejected') throw outcome.reason;
  const { message, ...rest } = outcome.value;
  expect({ message: message && bare(message), ...rest }).toEqual(verdict);
}

const withoutStorage = ({ epoch: _epoch, purgeAt: _purgeAt, ...head }: Head) => head;

/** Head, latest window with its quotes, pages in both directions, and look-ups by id. */
export async function expectReads(
  rooms: OpenRooms,
  model: RoomModel,
  { pageSize, byTime }: { pageSize: number; byTime: boolean },
): Promise<void> {
  const head = await rooms.head(model.room);
  expect(head && withoutStorage(head)).toEqual(model.head());
  const read = await rooms.window(model.room);
  if (!head || !read) {
    expect([head, read]).toEqual([null, null]);
    return;
  }
  const { window } = read;
  const newest500 = model.messages.slice(-500);
  const views = viewsOfWindow(window);
  expect(views.map((view) => ({ ...view, replyTo: null }))).toEqual(newest500.map((one) => viewWith(one, null)));
  expect(window).toMatchObject({ rev: model.rev, floorSeq: model.floorSeq, epoch: rooms.epochOf(head) });
  expect(window.startSeq).toBe(window.items[0]?.seq ?? model.floorSeq + 1);
  for (const [index, { replyTo: shown }] of views.entries()) {
    const { messageId, text, deleted } = shown ?? {};
    expect(shown && { messageId, text, deleted: deleted === true }).toEqual(model.quote(newest500[index]!));
  }
  for (const direction of [-1, 1] as const) {
    const { found, sizes } = await walk(rooms, head, pageSize, byTime, direction);
    expect(bareAll(found)).toEqual(model.messages);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(pageSize);
  }
  const newest = model.messages.at(-1);
  if (newest) expect(await messageById(rooms.collections, model.room, newest.messageId)).toEqual(newest);
}

/** A client with an older cursor catches up exactly: what it then has is the room, and nothing came twice. */
export async function expectFeed(
  rooms: OpenRooms,
  model: RoomModel,
  replica: Replica,
  limit: number,
): Promise<Replica> {
  const { answers, after } = await follow(rooms, model.room, replica, limit);
  const sorted = [...after.messages.values()].sort((a, b) => a.seq - b.seq);
  expect(bareAll(sorted)).toEqual(model.messages);
  const changed = answers.filter(({ reset }) => !reset).flatMap(({ items }) => items);
  expect(new Set(changed.map(({ messageId }) => messageId)).size).toBe(changed.length);
  const order = changed.map(({ rev, seq }) => [rev, seq]);
  expect(order).toEqual([...order].sort(([revA, seqA], [revB, seqB]) => revA! - revB! || seqA! - seqB!));
  const old = new Set([...replica.messages.values()].map(({ messageId, rev }) => `${messageId} ${rev}`));
  if (!answers[0]!.reset) expect(changed.filter(({ messageId, rev }) => old.has(`${messageId} ${rev}`))).toEqual([]);
  return after;
}

/** P6 over the whole log: revs and seqs without a gap, createdAt strictly increasing. */
export async function expectSoundLog(rooms: OpenRooms, room: string): Promise<void> {
  const entries = await rooms.collections.log.find({ room }).sort({ from: 1 }).toArray();
  const changes = entries.flatMap((entry) => entry.changes);
  for (const [index, entry] of entries.entries()) {
    expect(entry.from).toBe(index === 0 ? entry.from : entries[index - 1]!.to + 1);
    expect([entry.changes[0]!.rev, entry.changes.at(-1)!.rev]).toEqual([entry.from, entry.to]);
    expect(entry.head.rev).toBe(entry.to);
  }
  expect(changes.map(({ rev }) => rev)).toEqual(changes.map((_, index) => changes[0]!.rev + index));
  const seqs = changes.filter(({ kind }) => kind === 'created').map(({ seq }) => seq!);
  expect(seqs).toEqual(seqs.map((_, index) => seqs[0]! + index));
  const times = new Map<number, number>();
  for (const { message } of changes) if (message) times.set(message.seq, message.createdAt);
  const ascending = [...times].sort(([a], [b]) => a - b).map(([, time]) => time);
  expect(ascending).toEqual([...new Set(ascending)].sort((a, b) => a - b));
}
