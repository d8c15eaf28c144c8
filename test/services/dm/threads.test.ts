import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refused, roomBroker, type RoomBroker } from '#test/shared/rooms/room-broker.ts';

let rooms: RoomBroker;
beforeAll(async () => {
  rooms = await roomBroker();
});
afterAll(() => rooms.stop());

const threads = async (user: string) => (await rooms.call('dm.threads', { user })).threads;

describe('the threads of a user', () => {
  it('have their newest message as clients see it, newest thread first', async () => {
    const target = await rooms.post('dm:alice|bob', { text: 'hi', username: 'Bob' });
    const reply = await rooms.post('dm:alice|bob', {
      text: 'hi you',
      username: 'Alice',
      replyToMessageId: target.messageId,
    });
    await rooms.post('dm:alice|carol', { text: 'hey' });
    const [first, second] = await threads('  ALICE ');
    expect(first).toMatchObject({ dmId: 'dm:alice|carol', last: { text: 'hey' } });
    const { roomId: _room, groupId: _group, dmId: _dm, ...last } = reply;
    expect(JSON.parse(JSON.stringify(second))).toEqual({
      dmId: 'dm:alice|bob',
      latest: reply.createdAt,
      last: JSON.parse(JSON.stringify(last)) as unknown,
    });
    expect(second!.last!.replyTo).toMatchObject({ text: 'hi', username: 'Bob' });
    expect((await threads('bob')).map(({ dmId }) => dmId)).toEqual(['dm:alice|bob']);
  });

  it('move up with a new message, show deletions and edits at once, and go with the room', async () => {
    const { messageId } = await rooms.post('dm:x|y', { text: 'a' });
    await rooms.post('dm:x|z', { text: 'b' });
    expect((await threads('x')).map(({ dmId }) => dmId)).toEqual(['dm:x|z', 'dm:x|y']);
    await rooms.call('dm.edit', { room: 'dm:x|y', messageId, newText: 'edited' });
    expect((await threads('x'))[1]).toMatchObject({ last: { text: 'edited' } });
    await rooms.call('dm.remove', { room: 'dm:x|y', messageId });
    expect((await threads('x'))[1]).toMatchObject({ last: { messageId, text: '', deleted: true } });
    await rooms.post('dm:x|y', { text: 'c' });
    expect((await threads('x')).map(({ last }) => last?.text)).toEqual(['c', 'b']);
    await rooms.call('dm.deleteRoom', { room: 'dm:x|y' });
    expect((await threads('x')).map(({ dmId }) => dmId)).toEqual(['dm:x|z']);
    expect(await threads('y')).toEqual([]);
    await rooms.post('dm:x|y', { text: 'again' });
    expect((await threads('y')).map(({ last }) => last?.text)).toEqual(['again']);
  });

  it('are none for a blank or unknown user; a cursor that is none is refused', async () => {
    expect(await rooms.call('dm.threads', { user: '  ' })).toEqual({ threads: [] });
    expect(await rooms.call('dm.threads', { user: 'nobody' })).toEqual({ threads: [] });
    for (const before of ['x', '1', '1.', '{"$gt":1}'])
      await expect(rooms.call('dm.threads', { user: 'x', before })).rejects.toEqual(refused('cursor_invalid', 400));
  });

  it('go on behind a cursor when there are more than 500', async () => {
    const peers = Array.from({ length: 503 }, (_, index) => `peer${index}`);
    await Promise.all(peers.map((peer) => rooms.post(`dm:many|${peer}`, { text: peer })));
    const first = await rooms.call('dm.threads', { user: 'many' });
    expect(first.threads).toHaveLength(500);
    const second = await rooms.call('dm.threads', { user: 'many', before: first.next });
    expect(second.threads).toHaveLength(3);
    expect(second.next).toBeUndefined();
    expect(new Set([...first.threads, ...second.threads].map(({ dmId }) => dmId)).size).toBe(503);
  });
});

describe('a DM', () => {
  it('is a room like any other', async () => {
    const message = await rooms.post('dm:m|n', { text: 'hi', audio: { url: 'x' } });
    expect(message).toMatchObject({ dmId: 'dm:m|n', roomId: 'dm:m|n', audio: { url: 'x' } });
    const { body } = await rooms.call('dm.latest', { room: 'dm:m|n' });
    expect(JSON.parse(Buffer.from(body).toString())).toEqual([JSON.parse(JSON.stringify(message))]);
    expect((await rooms.call('dm.changes', { room: 'dm:m|n' })).items).toHaveLength(1);
    expect((await rooms.call('dm.page', { room: 'dm:m|n' })).items).toHaveLength(1);
  });
});
