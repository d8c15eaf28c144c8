import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor } from '#shared/room-log/cursor.ts';
import type { Head } from '#shared/room-log/types.ts';
import { refused, roomBroker, type RoomBroker } from '#test/shared/rooms/room-broker.ts';

let rooms: RoomBroker;
beforeAll(async () => {
  rooms = await roomBroker();
});
afterAll(() => rooms.stop());

const changes = (room: string, since?: string, more: { limit?: number; wait?: number } = {}) =>
  rooms.call('messages.changes', { room, since, ...more }, 6_000);
const seqs = (items: readonly { seq: number }[]) => items.map(({ seq }) => seq);

describe('the changes feed', () => {
  it('brings each changed message once, in its newest state, in the order of the last change', async () => {
    const posted = [];
    for (let index = 0; index < 5; index += 1) posted.push(await rooms.post('feed', { text: `t${index}` }));
    const all = await changes('feed');
    expect(seqs(all.items)).toEqual([1, 2, 3, 4, 5]);
    expect(all.reset).toBe(false);
    expect(await changes('feed', all.next)).toEqual({ items: [], next: all.next, reset: false });

    const [, second, , fourth] = posted;
    await rooms.call('messages.edit', { room: 'feed', messageId: fourth!.messageId, newText: 'edited' });
    await rooms.call('messages.react', {
      room: 'feed',
      messageId: second!.messageId,
      emoji: 'x',
      user: { userId: 'u' },
    });
    await rooms.call('messages.remove', { room: 'feed', messageId: fourth!.messageId });
    await rooms.post('feed', { replyToMessageId: second!.messageId });
    const some = await changes('feed', all.next);
    expect(seqs(some.items)).toEqual([2, 4, 6]);
    expect(some.items[1]).toMatchObject({ deleted: true, text: '' });
    expect(some.items[2]!.replyTo).toMatchObject({ text: 't1' });
  });

  it('goes on in the middle of a recolouring, whose messages share a rev', async () => {
    for (let index = 0; index < 7; index += 1) await rooms.post('shared-rev', { username: 'Alice' });
    const { next } = await changes('shared-rev');
    await rooms.call('messages.recolour', { room: 'shared-rev', username: 'alice', color: '#fff' });
    await rooms.post('shared-rev');
    const seen: number[] = [];
    let cursor = next;
    for (let turn = 0; turn < 10; turn += 1) {
      const part = await changes('shared-rev', cursor, { limit: 3 });
      seen.push(...seqs(part.items));
      cursor = part.next;
      if (part.items.length === 0) break;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('gives a cursor to go on with for a room that does not exist yet', async () => {
    const { items, next, reset } = await changes('not-yet');
    expect({ items, reset }).toEqual({ items: [], reset: false });
    await rooms.post('not-yet', { text: 'first' });
    const after = await changes('not-yet', next);
    expect(after).toMatchObject({ items: [{ text: 'first' }], reset: false });
  });

  it('starts over after the room was deleted, and only then', async () => {
    for (let index = 0; index < 3; index += 1) await rooms.post('deleted');
    const { next } = await changes('deleted');
    await rooms.call('messages.deleteRoom', { room: 'deleted' });
    const emptied = await changes('deleted', next);
    expect(emptied).toMatchObject({ items: [], reset: true });
    await rooms.post('deleted', { text: 'again' });
    expect(await changes('deleted', next)).toMatchObject({ items: [{ seq: 4, text: 'again' }], reset: true });
    expect(await changes('deleted', emptied.next)).toMatchObject({ items: [{ seq: 4 }], reset: false });
    expect(await changes('deleted')).toMatchObject({ items: [{ seq: 4 }], reset: false });
  });

  it('starts over for a cursor of another epoch or beyond the head: the database was restored (L8)', async () => {
    await rooms.post('restored', { text: 'kept' });
    const position = decodeCursor((await changes('restored')).next);
    for (const lost of [
      { ...position, epoch: 'other' },
      { ...position, rev: position.rev + 5 },
    ]) {
      const found = await changes('restored', encodeCursor(lost));
      expect(found).toMatchObject({ items: [{ text: 'kept' }], reset: true });
      expect(await changes('restored', found.next)).toMatchObject({ items: [], reset: false });
    }
    expect(await changes('vanished', encodeCursor(position))).toMatchObject({
      items: [],
      reset: true,
      next: encodeCursor({ epoch: '', rev: 0, seq: 0, floorSeq: 0 }),
    });
  });

  it('refuses a cursor that is none', async () => {
    for (const since of ['abc', '1', '1.2.3', '{"$ne":null}'])
      await expect(changes('feed', since)).rejects.toEqual(refused('cursor_invalid', 400));
  });

  it('leaves out what is newer than the head, and has the room repaired', async () => {
    const { messageId } = await rooms.post('ahead', { text: 'one' });
    await rooms.call('messages.edit', { room: 'ahead', messageId, newText: 'two' });
    const heads = rooms.database.db.collection<Head>('rooms');
    const { rev } = (await heads.findOneAndUpdate({ _id: 'ahead' }, { $set: { rev: 1 } }))!;
    expect(await changes('ahead')).toMatchObject({ items: [], reset: false });
    for (let turn = 0; turn < 60 && (await heads.findOne({ _id: 'ahead' }))!.rev < rev; turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await changes('ahead')).toMatchObject({ items: [{ text: 'two' }] });
  });
});

describe('waiting for a change', () => {
  it('ends with the first one', async () => {
    const { next } = await changes('wait');
    const waiting = changes('wait', next, { wait: 25 });
    await rooms.post('wait', { text: 'now' });
    expect(await waiting).toMatchObject({ items: [{ text: 'now' }] });
  });

  it('ends with nothing when the time is over or the caller has none left', async () => {
    const { next } = await changes('silence');
    expect(await changes('silence', next, { wait: 1 })).toEqual({ items: [], next, reset: false });
    expect(await rooms.call('messages.changes', { room: 'silence', since: next, wait: 25 }, 500)).toMatchObject({
      items: [],
    });
  });

  it('ends when the broker stops', async () => {
    const other = await roomBroker();
    const { next } = await other.call('messages.changes', { room: 'x' });
    const waiting = other.call('messages.changes', { room: 'x', since: next, wait: 25 }, 30_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await other.stop();
    expect(await waiting).toEqual({ items: [], next, reset: false });
  });
});
