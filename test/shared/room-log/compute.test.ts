import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { isFault, type Fault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { computeEntry, emptyHead } from '#shared/room-log/compute.ts';
import { keyOf, needsOf, NOTHING_LOADED, recentOf } from '#shared/room-log/needs.ts';
import { bytesOf } from '#shared/room-log/sizes.ts';
import { isoOf } from '#shared/room-log/times.ts';
import type { Change, Command, Entry, Message, Outcome } from '#shared/room-log/types.ts';
import { history } from './commands.ts';
import { create, MemoryRoom } from './memory-room.ts';

const AT = 5_000;
const edit = (messageId: string, newText: string): Command => ({ op: 'edit', messageId, newText });
const remove = (messageId: string): Command => ({ op: 'delete', messageId });
const react = (messageId: string, userId: string, emoji: string | null = '👍'): Command => ({
  op: 'react',
  messageId,
  user: { userId, username: null },
  emoji,
});
const recolour = (usernameLc: string, colour: string): Command => ({ op: 'recolour', usernameLc, colour });
const deleteRoom: Command = { op: 'delete-room' };

/** Outcomes in short: the code of a Fault, `replayed`, or the rev of the message. */
const brief = (outcomes: (Outcome | Fault)[]) =>
  outcomes.map((one) => (isFault(one) ? one.type : one.replayed ? 'replayed' : (one.message?.rev ?? one.count)));
const roomWith = (...commands: Command[]): MemoryRoom => {
  const room = new MemoryRoom('lobby');
  room.run(commands, AT);
  return room;
};
const changesOf = (entry: Entry) => entry.changes.map(({ rev, kind, message }) => [rev, kind, message?.text ?? null]);
const stateBytes = ({ changes }: Entry) =>
  changes.reduce((sum, { message }: Change) => sum + (message ? bytesOf(message) : 0), 0);
const lastEntry = (room: MemoryRoom): Entry => room.entries.at(-1)!;
const messageOf = (outcome: Outcome | Fault | undefined): Message => (outcome as Outcome).message!;

describe('computeEntry: places and times', () => {
  it('P6: numbers messages without a gap, and createdAt strictly increases whatever the clock says', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a'), create('b')], 100);
    room.run([create('c')], 50);
    room.run([create('d')], 900.7);
    expect(room.live().map(({ seq, createdAt }) => [seq, createdAt])).toEqual([
      [1, 100],
      [2, 101],
      [3, 102],
      [4, 900],
    ]);
  });

  it('L11: edits and deletions are never told to be older than the newest message', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a')], AT);
    room.run([edit('a', 'new')], AT - 1_000);
    expect(room.documents.get('a')?.lastEditedAt).toBe(isoOf(AT + 1));
  });

  it('leads to a head that says where the room is', () => {
    const room = roomWith(create('a'), create('b', { previewable: undefined }));
    expect(room.head).toEqual({
      _id: 'lobby',
      epoch: 'epoch-1',
      rev: 2,
      seq: 2,
      floorSeq: 0,
      createdAt: AT + 1,
      lastSeq: 2,
      previewSeq: 1,
    });
    expect(lastEntry(room)).toMatchObject({ room: 'lobby', epoch: 'epoch-1', from: 1, to: 2, at: AT, head: room.head });
  });

  it('lists a DM by its newest message until the room is deleted', () => {
    const room = new MemoryRoom('dm:alice|bob');
    room.run([create('a')], AT);
    expect(room.head).toMatchObject({ participants: ['alice', 'bob'], listedAt: AT });
    room.run([deleteRoom], AT + 5);
    expect(room.head).toMatchObject({ participants: ['alice', 'bob'], lastSeq: null, purgeAt: AT + 5 });
    expect(room.head).not.toHaveProperty('listedAt');
  });

  it('L3: gives no entry when nothing changed', () => {
    const room = roomWith(create('a'));
    const outcomes = room.run([create('a'), react('a', 'ann', null), edit('nobody', 'x')], AT);
    expect(brief(outcomes)).toEqual(['replayed', 1, 'message_not_found']);
    expect(room.entries).toHaveLength(1);
  });

  it('lets an error that is no Fault travel up', () => {
    const broken = {
      op: 'create',
      get message() {
        throw new TypeError('bug');
      },
    } as unknown as Command;
    const input = { head: emptyHead('lobby', 'e'), at: AT, loaded: NOTHING_LOADED, id: new ObjectId() };
    expect(() => computeEntry({ ...input, commands: [broken] })).toThrow(TypeError);
  });
});

describe('computeEntry: repeats (L10)', () => {
  it('answers the stored message as it is now, also for a twin in the same entry', () => {
    const room = new MemoryRoom('lobby');
    const [first, , twin] = room.run([create('a'), edit('a', 'new'), create('a')], AT);
    expect(messageOf(first).text).toBe('text of a');
    expect(twin).toMatchObject({ replayed: true, message: { seq: 1, rev: 2, text: 'new' } });
    expect(brief(room.run([create('a')], AT))).toEqual(['replayed']);
  });

  it('joins equal keys in one entry, and answers them later, deletions included', () => {
    const keyed = { author: 'id:u', key: 'k', keyHash: 'h' };
    const room = new MemoryRoom('lobby');
    const outcomes = room.run([create('a', keyed), create('b', keyed)], AT);
    expect(outcomes.map((one) => messageOf(one).messageId)).toEqual(['a', 'a']);
    room.run([remove('a')], AT);
    const [later] = room.run([create('c', keyed)], AT);
    expect(later).toMatchObject({ replayed: true, message: { messageId: 'a', deleted: true } });
  });

  it('refuses a key that was used for another body, and takes another author', () => {
    const room = roomWith(create('a', { author: 'id:u', key: 'k', keyHash: 'h' }));
    const other = create('b', { author: 'id:u', key: 'k', keyHash: 'other' });
    const another = create('c', { author: 'id:v', key: 'k', keyHash: 'other' });
    expect(brief(room.run([other, another], AT))).toEqual(['idempotency_key_reused', 2]);
    expect(room.head.seq).toBe(2);
  });
});

describe('computeEntry: changes of messages', () => {
  it('L3: a missing target takes no rev', () => {
    const room = roomWith(create('a'));
    const outcomes = room.run([edit('x', '1'), remove('x'), react('x', 'ann'), edit('a', 'new')], AT);
    expect(brief(outcomes)).toEqual(['message_not_found', 'message_not_found', 'message_not_found', 2]);
  });

  it('L1: only the last change of a message carries its state', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a'), edit('a', 'one'), create('b'), edit('a', 'two')], AT);
    expect(changesOf(lastEntry(room))).toEqual([
      [1, 'created', null],
      [2, 'edited', null],
      [3, 'created', 'text of b'],
      [4, 'edited', 'two'],
    ]);
    expect(lastEntry(room).changes[1]).not.toHaveProperty('message');
  });

  it('answers a deletion again without a rev, and an edit of a deleted message with 409', () => {
    const room = roomWith(create('a'), remove('a'));
    expect(brief(room.run([remove('a'), edit('a', 'x')], AT))).toEqual([2, 'message_deleted']);
    expect(room.head.rev).toBe(2);
  });

  it('notes what was asked, for who follows the log', () => {
    const room = roomWith(create('a'), react('a', '$x'));
    expect(lastEntry(room).changes[1]?.op).toEqual({ messageId: 'a', userId: '$x', username: null, emoji: '👍' });
  });

  it('moves the preview back to the next older previewable message, past those deleted with it', () => {
    const room = roomWith(create('a'), create('b'), create('s', { previewable: undefined }), create('c'), create('d'));
    expect(room.head.previewSeq).toBe(5);
    room.run([remove('c'), create('e'), remove('d'), remove('e')], AT);
    expect(room.head).toMatchObject({ previewSeq: 2, lastSeq: 6 });
    room.run([remove('a'), remove('b')], AT);
    expect(room.head.previewSeq).toBeNull();
  });

  it('L12: finds the target of a quote that names only a timestamp', () => {
    const room = roomWith(create('a'));
    const quote = { timestamp: isoOf(AT), text: '' };
    const [stored] = room.run([create('b', { replyTo: quote })], AT);
    expect(messageOf(stored).replyTo).toEqual({ ...quote, messageId: 'a' });
    const [unknown] = room.run([create('c', { replyTo: { timestamp: isoOf(1), text: 'old' } })], AT);
    expect(messageOf(unknown).replyTo).toEqual({ timestamp: isoOf(1), text: 'old' });
  });
});

describe('computeEntry: recolouring (L14)', () => {
  it('is one change without states for the newest 500 messages of the room', () => {
    const room = new MemoryRoom('lobby');
    room.run(
      Array.from({ length: 600 }, (_, n) => create(`m${n}`, { usernameLc: n % 2 ? 'alice' : 'bob' })),
      AT,
    );
    expect(brief(room.run([recolour('alice', 'red')], AT))).toEqual([250]);
    expect(lastEntry(room).changes).toEqual([
      { rev: 601, kind: 'recoloured', seq: null, op: { usernameLc: 'alice', colour: 'red', fromSeq: 101, toSeq: 600 } },
    ]);
    expect(room.live().filter(({ bubbleColor }) => bubbleColor === 'red')).toHaveLength(250);
  });

  it('does nothing for the stored colour or an empty room', () => {
    const room = new MemoryRoom('lobby');
    expect(brief(room.run([recolour('alice', 'red')], AT))).toEqual([0]);
    room.run([create('a'), recolour('alice', 'red')], AT);
    expect(brief(room.run([recolour('alice', 'red')], AT))).toEqual([0]);
    expect(room.head.rev).toBe(2);
  });

  it('L1: never counts as the last change of a message', () => {
    const room = new MemoryRoom('lobby');
    room.run([create('a'), recolour('alice', 'red')], AT);
    expect(lastEntry(room).changes[0]?.message).toMatchObject({ rev: 1, bubbleColor: null });
    expect(room.documents.get('a')).toMatchObject({ rev: 2, bubbleColor: 'red' });
  });

  it('L1: is in the state of a change that comes after it in the entry', () => {
    const room = roomWith(create('a'));
    room.run([recolour('alice', 'red'), edit('a', 'new'), recolour('alice', 'blue'), react('a', 'ann')], AT);
    expect(lastEntry(room).changes.map(({ message }) => message?.bubbleColor)).toEqual([
      undefined,
      undefined,
      undefined,
      'blue',
    ]);
    expect(room.documents.get('a')).toMatchObject({ rev: 5, bubbleColor: 'blue', text: 'new' });
  });
});

describe('computeEntry: deleting the room (L13)', () => {
  it('hides all messages, keys and colours at once, and goes on counting', () => {
    const keyed = { author: 'id:u', key: 'k', keyHash: 'h' };
    const room = roomWith(create('a', keyed), create('b'), recolour('alice', 'red'));
    const outcomes = room.run(
      [deleteRoom, edit('a', 'x'), create('a', { ...keyed, keyHash: 'other' }), recolour('alice', 'red')],
      AT,
    );
    expect(brief(outcomes)).toEqual([2, 'message_not_found', 5, 1]);
    expect(room.live().map(({ messageId, seq }) => [messageId, seq])).toEqual([['a', 3]]);
    expect(room.head).toMatchObject({ rev: 6, seq: 3, floorSeq: 2, lastSeq: 3, previewSeq: 3, purgeAt: AT });
  });

  it('forgets a key although the messageId that had it is used again', () => {
    const keyed = { author: 'id:u', key: 'k', keyHash: 'h' };
    const commands = [create('a', keyed), deleteRoom, create('a'), create('b', keyed)];
    for (const most of [1, 4]) {
      const room = new MemoryRoom('lobby');
      expect(brief(room.run(commands, AT, most))).toEqual([1, 1, 3, 4]);
    }
  });

  it('lets no quote find a message below the floor by its timestamp', () => {
    const room = roomWith(create('a'), deleteRoom);
    const replyTo = { timestamp: isoOf(AT), text: '' };
    const [gone, stored] = room.run([edit('a', 'x'), create('b', { replyTo })], AT);
    expect(brief([gone!])).toEqual(['message_not_found']);
    expect(messageOf(stored).replyTo).toEqual(replyTo);
  });

  it('changes nothing when the room is empty already', () => {
    const room = roomWith(create('a'), deleteRoom);
    expect(brief(room.run([deleteRoom], AT))).toEqual([0]);
    expect(room.head.rev).toBe(2);
  });
});

describe('computeEntry: sizes (L1)', () => {
  it('takes at most 500 changes; the rest waits', () => {
    const room = roomWith(...Array.from({ length: 1_201 }, (_, n) => create(`m${n}`)));
    expect(room.entries.map(({ changes }) => changes.length)).toEqual([500, 500, 201]);
  });

  it('takes at most 4 MiB of states', () => {
    const text = '€'.repeat(LIMITS.text);
    const room = roomWith(...Array.from({ length: 200 }, (_, n) => create(`m${n}`, { text })));
    expect(room.entries.map(({ changes }) => changes.length)).toEqual([69, 69, 62]);
    for (const entry of room.entries) expect(stateBytes(entry)).toBeLessThanOrEqual(LIMITS.entryBytes);
  });

  it('keeps 2,000 reactions on one message inside the sizes, with one state an entry', () => {
    const room = roomWith(create('a'));
    const name = '€'.repeat(195);
    const reactions = Array.from({ length: 2_001 }, (_, n): Command => react('a', `${name}${n}`));
    const outcomes = room.run(reactions, AT);
    expect(outcomes.filter(isFault).map(({ type }) => type)).toEqual(['reactions_full']);
    expect(room.documents.get('a')?.reactions).toHaveLength(2_000);
    for (const entry of room.entries) {
      expect(entry.changes.length).toBeLessThanOrEqual(LIMITS.entryChanges);
      expect(stateBytes(entry)).toBeLessThanOrEqual(LIMITS.entryBytes);
      expect(entry.changes.filter(({ message }) => message)).toHaveLength(1);
    }
    expect(room.entries.length).toBeLessThanOrEqual(8);
  });
});

describe('needsOf', () => {
  it('L3: needs nothing for a plain new message', () => {
    expect(needsOf([create('a', {}, true)], true)).toEqual({
      messageIds: [],
      keys: [],
      usernames: [],
      timestamps: [],
      previewSeqs: 0,
    });
  });

  it('names targets, possible repeats, keys, users, timestamps and how many previews', () => {
    const keyed = { author: 'id:u', key: 'k', keyHash: 'h', replyTo: { timestamp: 't', text: '' } };
    const commands = [create('a'), create('b', keyed, true), edit('c', 'x'), remove('c'), react('d', 'u')];
    expect(needsOf([...commands, recolour('alice', 'red')], true)).toEqual({
      messageIds: ['a', 'c', 'd'],
      keys: [{ author: 'id:u', key: 'k' }],
      usernames: ['alice'],
      timestamps: ['t'],
      previewSeqs: 2,
    });
  });

  it('L14: needs the newest messages only of users who get another colour', () => {
    const stored = new Map([['alice', 'red']]);
    expect(recentOf([recolour('alice', 'red'), recolour('bob', 'red')], stored)).toEqual(['bob']);
    expect(recentOf([recolour('alice', 'blue'), recolour('alice', 'red')], stored)).toEqual(['alice']);
  });

  it('keeps authors and keys apart', () => {
    expect(keyOf('a\0b', 'c')).not.toBe(keyOf('a', 'b c'));
  });
});

describe('computeEntry: any history', () => {
  it('gives the same room in one entry or command by command, and changes nothing it was given', () => {
    fc.assert(
      fc.property(history(12), fc.integer({ min: 1, max: 5 }), (batches, most) => {
        const [whole, single, some] = ['dm:a|b', 'dm:a|b', 'dm:a|b'].map((id) => new MemoryRoom(id)) as [
          MemoryRoom,
          MemoryRoom,
          MemoryRoom,
        ];
        for (const { at, commands } of batches) {
          const outcomes = whole.run(commands, at);
          expect(single.run(commands, at, 1)).toEqual(outcomes);
          expect(some.run(commands, at, most)).toEqual(outcomes);
          expect(single.live()).toEqual(whole.live());
          expect(some.live()).toEqual(whole.live());
          expect(single.head).toEqual(whole.head);
          expect(some.head).toEqual(whole.head);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('P6: keeps revs and seqs without a gap, createdAt increasing, and the head true', () => {
    fc.assert(
      fc.property(history(12), (batches) => {
        const room = new MemoryRoom('dm:a|b');
        for (const { at, commands } of batches) room.run(commands, at);
        const changes = room.entries.flatMap((entry) => entry.changes);
        expect(changes.map(({ rev }) => rev)).toEqual(changes.map((_, index) => index + 1));
        const created = changes.filter(({ kind }) => kind === 'created');
        expect(created.map(({ seq }) => seq)).toEqual(created.map((_, index) => index + 1));
        let [to, createdAt] = [0, 0];
        for (const entry of room.entries) {
          expect([entry.from, entry.head.rev]).toEqual([to + 1, entry.to]);
          expect(entry.head.createdAt).toBeGreaterThanOrEqual(createdAt);
          ({ to } = entry);
          ({ createdAt } = entry.head);
        }
        const live = room.live();
        for (const [index, message] of live.entries())
          expect(message.createdAt).toBeGreaterThan(live[index - 1]?.createdAt ?? 0);
        expect(live.map(({ seq }) => seq)).toEqual(live.map((_, index) => room.head.floorSeq + index + 1));
        expect(room.head).toMatchObject({
          rev: changes.length,
          seq: created.length,
          lastSeq: live.at(-1)?.seq ?? null,
          previewSeq: live.findLast(({ previewable }) => previewable)?.seq ?? null,
        });
        expect(room.head.listedAt).toBe(live.at(-1)?.createdAt);
        expect(live.every(({ deleted, previewable }) => !(deleted && previewable))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
