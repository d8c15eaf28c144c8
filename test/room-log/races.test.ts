import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Outcome } from '#shared/room-log/types.ts';
import { viewsOfWindow } from '#shared/room-log/window-item.ts';
import { type Instance, openRig, type Rig, submit } from '#test/room-log/support/instances.ts';
import { create, deleteRoom, edit, react, remove } from '#test/room-log/support/messages.ts';
import { expectSoundLog } from '#test/room-log/model/check.ts';

/** Writes that meet in one room, through two instances that know nothing of each other. */

let rig: Rig;
let both: [Instance, Instance];

beforeAll(async () => {
  rig = await openRig();
  both = [await rig.open(), await rig.open()];
});

afterAll(() => rig.close());

const messagesOf = async (room: string) => viewsOfWindow((await both[0].window(room))!.window);

/** Starts every write at once, in turn through the one and the other instance. */
const race = <T>(count: number, write: (rooms: Instance, index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => write(both[index % 2]!, index)));

describe('races through two instances', () => {
  it('keeps 500 reactions of 500 users on one message, whatever their ids look like', async () => {
    await submit(both[0], 'reactions', create({ messageId: 'target' }));
    const odd = ['a.b', '$x', '__proto__', 'constructor', 'toString', '', ' ', '0'];
    const users = [...odd, ...Array.from({ length: 500 - odd.length }, (_, index) => `user.${index}`)];
    await race(500, (rooms, index) => submit(rooms, 'reactions', react('target', users[index]!, '👍')));
    const [target] = await messagesOf('reactions');
    expect(Object.keys(target!.reactions).sort()).toEqual(users.sort());
    await expectSoundLog(both[0], 'reactions');
  });

  it('keeps the text before each of 100 edits', async () => {
    await submit(both[0], 'edits', create({ messageId: 'target', text: 'first' }));
    await race(100, (rooms, index) => submit(rooms, 'edits', edit('target', `edit ${index}`)));
    const [target] = await messagesOf('edits');
    const texts = [...target!.edits.map(({ previousText }) => previousText), target!.text];
    expect(target!.edits).toHaveLength(100);
    expect(texts.sort()).toEqual(['first', ...Array.from({ length: 100 }, (_, index) => `edit ${index}`)].sort());
  });

  it('stores one message for 50 creates with one idempotency key, and answers it 50 times', async () => {
    const key = { author: 'id:ann', key: 'k', keyHash: 'body' };
    const outcomes = await race(50, (rooms) => submit(rooms, 'keys', create({ text: 'once', ...key })));
    expect(await messagesOf('keys')).toHaveLength(1);
    expect(new Set(outcomes.map(({ message }) => message!.messageId)).size).toBe(1);
    const [first] = outcomes;
    for (const { message } of outcomes) expect(message).toEqual(first!.message);
    expect(outcomes.filter(({ replayed }) => replayed)).toHaveLength(49);
  });

  it('stores one message for 50 creates with one messageId', async () => {
    const outcomes = await race(50, (rooms) => submit(rooms, 'repeats', create({ messageId: 'same', text: 'once' })));
    expect(await messagesOf('repeats')).toHaveLength(1);
    expect(outcomes.filter(({ replayed }) => replayed)).toHaveLength(49);
  });

  it('leaves a deleted message and every quote of it empty, whatever is written around the deletion', async () => {
    await submit(both[0], 'quotes', create({ messageId: 'target', text: 'secret', media: { url: 'secret' } }));
    const writes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) => {
        const rooms = both[index % 2]!;
        if (index === 30) return submit(rooms, 'quotes', remove('target'));
        if (index % 2 === 0) return submit(rooms, 'quotes', edit('target', `secret ${index}`));
        const replyTo = { messageId: 'target', text: 'secret', media: { url: 'secret' } };
        return submit(rooms, 'quotes', create({ text: `reply ${index}`, replyTo }));
      }),
    );
    const refused = writes.flatMap((write) => (write.status === 'rejected' ? [write.reason as unknown] : []));
    for (const reason of refused) expect(reason).toMatchObject({ type: 'message_deleted' });
    for (const rooms of both) {
      const views = viewsOfWindow((await rooms.window('quotes'))!.window);
      const target = views.find(({ messageId }) => messageId === 'target')!;
      expect(target).toMatchObject({ text: '', deleted: true, edits: [] });
      const quotes = views.map(({ replyTo }) => replyTo).filter((quote) => quote !== null);
      expect(quotes).toHaveLength(30);
      for (const quote of quotes) expect(quote).toMatchObject({ text: '', deleted: true });
      expect(JSON.stringify([target, quotes])).not.toContain('secret');
    }
  });

  it('shows exactly what was created after the deletion of a room that creates raced with', async () => {
    await race(10, (rooms) => submit(rooms, 'cleared', create()));
    const creates: Promise<Outcome>[] = [];
    const more = (count: number) => {
      for (let index = 0; index < count; index += 1) creates.push(submit(both[index % 2]!, 'cleared', create()));
    };
    more(40);
    const deletion = submit(both[1], 'cleared', deleteRoom);
    more(40);
    const { count } = await deletion;
    more(20);
    const seqs = (await Promise.all(creates)).map(({ message }) => message!.seq);
    const head = (await both[0].head('cleared'))!;
    expect(head.floorSeq).toBe(count);
    const after = seqs.filter((seq) => seq > head.floorSeq).sort((a, b) => a - b);
    for (const rooms of both)
      expect((await rooms.window('cleared'))!.window.items.map(({ seq }) => seq)).toEqual(after);
    // seq goes on, without a gap.
    expect([...seqs].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => 11 + index));
    expect(head.seq).toBe(110);
    await expectSoundLog(both[0], 'cleared');
  });
});
