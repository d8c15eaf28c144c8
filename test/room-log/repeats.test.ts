import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Instance, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, react, recolour, remove } from '#test/room-log/support/messages.ts';

let rig: Rig;
let rooms: Instance;
let other: Instance;

beforeAll(async () => {
  rig = await openRig();
  rooms = await rig.open();
  other = await rig.open();
});

afterAll(() => rig.close());

const documentOf = (room: string) => rig.collections.group.findOne({ room }, { projection: { _id: 0 } });
const revOf = async (room: string) => (await rooms.head(room))?.rev ?? 0;

describe('L3: compute after the end is known', () => {
  it('L3: a target that does not exist is 404 and takes no rev, alone and among others', async () => {
    await submit(rooms, 'missing', create({ messageId: 'a' }));
    for (const command of [edit('b', 'x'), remove('b'), react('b', 'ann', '👍')])
      await expect(submit(rooms, 'missing', command)).rejects.toMatchObject({ type: 'message_not_found' });
    expect(await revOf('missing')).toBe(1);
    const mixed = await Promise.allSettled([
      submit(rooms, 'missing', edit('a', 'x')),
      submit(rooms, 'missing', edit('b', 'x')),
      submit(rooms, 'missing', remove('a')),
      submit(rooms, 'missing', edit('a', 'y')),
    ]);
    expect(mixed.map((one) => (one.status === 'fulfilled' ? one.value.message!.rev : one.reason.type))).toEqual([
      2,
      'message_not_found',
      3,
      'message_deleted',
    ]);
    expect(await revOf('missing')).toBe(3);
  });

  it('L3: a room that has nothing is not made by a refused change', async () => {
    await expect(submit(rooms, 'nowhere', remove('a'))).rejects.toMatchObject({ type: 'message_not_found' });
    await submit(rooms, 'nowhere', deleteRoom);
    await submit(rooms, 'nowhere', recolour('ann', 'red'));
    expect(await rooms.head('nowhere')).toBeNull();
    expect(await rig.collections.log.countDocuments({ room: 'nowhere' })).toBe(0);
  });

  it('L3: the caller is answered with the document as written', async () => {
    const { message } = await submit(rooms, 'answered', create({ media: { 'a.b': { $x: [1, null] } } }));
    expect(await documentOf('answered')).toEqual(message);
    const edited = await submit(rooms, 'answered', edit(message!.messageId, 'new'));
    expect(await documentOf('answered')).toEqual(edited.message);
    const deleted = await submit(rooms, 'answered', remove(message!.messageId));
    expect(await documentOf('answered')).toEqual(deleted.message);
  });

  it('L3: after a conflict all is computed again: a target deleted meanwhile cannot be edited', async () => {
    await submit(rooms, 'conflict', create({ messageId: 'a' }));
    await submit(other, 'conflict', remove('a'));
    // `rooms` counts on rev 1 still.
    await expect(submit(rooms, 'conflict', edit('a', 'revived'))).rejects.toMatchObject({ type: 'message_deleted' });
    expect((await rig.collections.group.findOne({ room: 'conflict' }))!.text).toBe('');
  });
});

describe('L10: repeats', () => {
  const KEY = { author: 'id:ann', key: 'key-1', keyHash: 'body' };

  it('L10: a repeat of the messageId answers the stored message as it is now, on any instance', async () => {
    const first = await submit(rooms, 'again', create({ messageId: 'a', text: 'one' }));
    await submit(rooms, 'again', edit('a', 'two'));
    const again = await submit(other, 'again', create({ messageId: 'a', text: 'one' }));
    expect(first.replayed).toBe(false);
    expect(again).toMatchObject({ replayed: true, message: { text: 'two', rev: 2, seq: 1 } });
    expect(await revOf('again')).toBe(2);
  });

  it('L10: a key answers its message after a restart and on any instance; another body is refused', async () => {
    const first = await submit(rooms, 'keyed', create({ text: 'one', ...KEY }));
    const restarted = await rig.open();
    for (const instance of [rooms, other, restarted]) {
      const again = await submit(instance, 'keyed', create({ text: 'one', ...KEY }));
      expect(again).toMatchObject({ replayed: true, message: { messageId: first.message!.messageId } });
      await expect(submit(instance, 'keyed', create({ ...KEY, keyHash: 'another' }))).rejects.toMatchObject({
        type: 'idempotency_key_reused',
      });
    }
    expect(await revOf('keyed')).toBe(1);
  });

  it('L10: a key is one of its author and its room', async () => {
    const outcomes = [
      await submit(rooms, 'own', create(KEY)),
      await submit(rooms, 'own', create({ ...KEY, author: 'id:bob' })),
      await submit(rooms, 'own-too', create(KEY)),
      await submit(rooms, 'dm:ann|own', create(KEY)),
    ];
    expect(outcomes.map(({ replayed }) => replayed)).toEqual([false, false, false, false]);
  });

  it('L10: equal keys inside one flush join', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => submit(rooms, 'joined', create(KEY))));
    expect(new Set(outcomes.map(({ message }) => message!.messageId)).size).toBe(1);
    expect(outcomes.map(({ replayed }) => replayed)).toEqual([false, ...Array.from({ length: 9 }, () => true)]);
    expect(await rig.collections.log.countDocuments({ room: 'joined' })).toBe(1);
  });

  it('L10: a deleted room forgets its keys and ids', async () => {
    await submit(rooms, 'forgotten', create({ messageId: 'a', ...KEY }));
    await submit(other, 'forgotten', deleteRoom);
    const again = await submit(rooms, 'forgotten', create({ messageId: 'a', ...KEY, keyHash: 'another' }));
    expect(again).toMatchObject({ replayed: false, message: { seq: 2 } });
  });
});
