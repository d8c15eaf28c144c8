import { changedSince } from '#shared/room-log/changes.ts';
import { decodeCursor, encodeCursor, isVoid } from '#shared/room-log/cursor.ts';
import type { OpenRooms } from '#shared/room-log/open.ts';
import { pageOf, type PageQuery, messagesBetween } from '#shared/room-log/page.ts';
import type { Head, Message } from '#shared/room-log/types.ts';

/** The reads that a client makes of a room, put together the way the services do it. */

/** All messages of a room, page by page from the newest to the oldest, and from the oldest to the newest. */
export async function walk(rooms: OpenRooms, head: Head, limit: number, byTime: boolean, direction: -1 | 1) {
  const found: Message[] = [];
  const sizes: number[] = [];
  let query: PageQuery = direction === -1 ? {} : byTime ? { after: 0 } : { afterSeq: 0 };
  for (;;) {
    const page = await pageOf(rooms.collections, head, query, limit);
    sizes.push(page.items.length);
    if (direction === -1) found.unshift(...page.items);
    else found.push(...page.items);
    const nextTime = direction === -1 ? page.nextBefore : page.nextAfter;
    const nextSeq = direction === -1 ? page.nextBeforeSeq : page.nextAfterSeq;
    if (nextTime === null || nextSeq === null) return { found, sizes };
    if (direction === -1) query = byTime ? { before: nextTime } : { beforeSeq: nextSeq };
    else query = byTime ? { after: nextTime } : { afterSeq: nextSeq };
  }
}

export interface Fed {
  items: Message[];
  next: string;
  reset: boolean;
}

/** One answer of the changes feed. */
export async function feed(rooms: OpenRooms, room: string, since: string, limit: number): Promise<Fed> {
  const head = await rooms.head(room);
  const epoch = rooms.epochOf(head);
  const position = decodeCursor(since);
  if (isVoid(position, head, epoch)) {
    const read = await rooms.window(room);
    if (!read) return { items: [], next: '0', reset: true };
    const { rev, floorSeq, items: shown } = read.window;
    const seq = shown.at(-1)?.seq ?? read.head.seq;
    // The states themselves: that the window shows them is checked elsewhere.
    const items = await messagesBetween(rooms.collections, room, (shown[0]?.seq ?? seq + 1) - 1, seq + 1, 500, 1);
    return { items, next: encodeCursor({ epoch: read.window.epoch, rev, seq, floorSeq }), reset: true };
  }
  if (!head) return { items: [], next: '0', reset: false };
  const { items, rev, seq } = await changedSince(rooms.collections, head, position, limit);
  return { items, next: encodeCursor({ epoch, rev, seq, floorSeq: head.floorSeq }), reset: false };
}

/** What a client that follows the feed has of a room. */
export interface Replica {
  cursor: string;
  messages: Map<string, Message>;
}

/** Takes the feed from the replica's cursor to its end; answers what came, answer by answer. */
export async function follow(rooms: OpenRooms, room: string, replica: Replica, limit: number) {
  const answers: Fed[] = [];
  const after: Replica = { cursor: replica.cursor, messages: new Map(replica.messages) };
  for (;;) {
    const fed = await feed(rooms, room, after.cursor, limit);
    answers.push(fed);
    if (fed.reset) after.messages.clear();
    for (const message of fed.items) after.messages.set(message.messageId, message);
    const done = fed.items.length < limit || fed.next === after.cursor;
    after.cursor = fed.next;
    if (done) return { answers, after };
  }
}
