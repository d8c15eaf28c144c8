import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { roomBroker, type RoomBroker } from '#test/shared/rooms/room-broker.ts';

describe('a look at what an instance has of a room', () => {
  let stage: RoomBroker;

  beforeAll(async () => {
    stage = await roomBroker();
  });
  afterAll(() => stage.stop());

  it('tells that a room never had a message', async () => {
    expect(await stage.call('messages.inspect', { room: 'nobody' })).toEqual({
      node: stage.broker.nodeID,
      head: null,
      window: null,
      waiting: 0,
    });
  });

  it('tells its head, and that the window was not held, then is', async () => {
    const room = 'dm:ada|bob';
    for (const text of ['one', 'two']) await stage.post(room, { username: 'ada', text });
    const head = expect.objectContaining({ rev: 2, seq: 2, floorSeq: 0, lastSeq: 2, previewSeq: 2 });
    const window = { rev: 2, items: 2, startSeq: 1, bytes: expect.any(Number), changes: 0 };
    const first = await stage.call('dm.inspect', { room });
    expect(first).toMatchObject({ head, window: { ...window, base: 'query' }, waiting: 0 });
    expect((await stage.call('dm.inspect', { room })).window).toEqual({ ...window, base: 'cache' });
  });
});
