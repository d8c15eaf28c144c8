import { describe, expect, it } from '@jest/globals';
import type { Context } from 'moleculer';
import type { Collections } from '#shared/room-log/collections.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import type { Window } from '#shared/room-log/types.ts';
import { itemOf } from '#shared/room-log/window-item.ts';
import { create } from '#shared/rooms/actions/create.ts';
import { latest } from '#shared/rooms/actions/latest.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import type { Body } from '#shared/rooms/rooms.contract.ts';
import { headOf, message, messages } from '#test/shared/rooms/samples.ts';

/** Calls an action as the broker does, on a room log of which only the given parts are there. */
function run<R>(action: typeof create, rooms: Partial<Rooms>, params: object): Promise<R> {
  const service = { rooms, stopping: new AbortController() };
  const ctx = { params, meta: {}, locals: {} } as unknown as Context;
  return (action.handler as (this: unknown, ctx: Context) => Promise<R>).call(service, ctx);
}

const away = () => Promise.reject(new Error('the database is away'));
const replyTo = { messageId: 'm1', username: 'Alice', text: 'sent' };

describe('a reply whose target cannot be read once it is stored', () => {
  it('is answered as stored, with the quote that was sent: no error may say that it was not (P8)', async () => {
    const rooms: Partial<Rooms> = {
      collections: { messages: () => ({ findOne: away }) } as unknown as Collections,
      head: away,
      submit: (room) => Promise.resolve({ message: message(room, 2, { replyTo }), replayed: false, count: 0 }),
    };
    const answer = await run<{ message: MessageView }>(create, rooms, { room: 'r', messageId: 'm2', replyTo });
    expect(answer.message).toMatchObject({ messageId: 'm2', replyTo });
  });
});

describe('equal requests for the newest messages', () => {
  const items = messages('r', 3);
  const window: Window = {
    room: 'r',
    epoch: 'e',
    rev: 3,
    floorSeq: 0,
    startSeq: 1,
    items: items.map((one) => itemOf(one)),
    quotes: new Map(),
    bytes: 0,
  };
  let current = window;
  const rooms: Partial<Rooms> = {
    window: () => Promise.resolve({ window: current, head: headOf('r', items), base: 'cache', changes: 0 }),
  };
  const ask = (params: object) => run<Body>(latest, rooms, { room: 'r', ...params });

  it('share one body when they meet; others, and another rev, have their own', async () => {
    const [first, second, other, encoded] = await Promise.all([
      ask({}),
      ask({ count: 100 }),
      ask({ count: 2 }),
      ask({ encoding: 'br' }),
    ]);
    expect(second).toBe(first);
    expect(other.etag).not.toBe(first.etag);
    expect(encoded).not.toBe(first);
    current = { ...window, rev: 4 };
    const next = await ask({});
    expect(next.etag).not.toBe(first.etag);
    expect(next.rev).toBe(4);
  });
});
