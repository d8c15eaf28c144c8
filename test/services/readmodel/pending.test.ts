import { describe, expect, it } from '@jest/globals';
import { type Announced, Pending } from '#services/readmodel/pending.ts';

const TOPIC = 'tm.messages';
const at = (partition: number) => ({ topic: TOPIC, partition });
const change = (offset: number, fields: Partial<Announced> = {}): Announced => ({
  ...at(0),
  offset,
  room: 'room',
  epoch: 'e',
  rev: offset + 1,
  since: 0,
  ...fields,
});

function held(...partitions: number[]): Pending {
  const pending = new Pending({ changes: 3, ms: 1_000 });
  pending.hold(partitions.map(at));
  return pending;
}

/** What may be committed, by partition. */
const offsets = (pending: Pending) => pending.positions().map(({ partition, offset }) => [partition, offset]);

describe('what waits to be written', () => {
  it('is due with enough changes, or after long enough, and once', () => {
    const pending = held(0);
    pending.add(change(0));
    pending.add(change(1, { room: 'other', since: 500 }));
    expect(pending.begin(999, 10)).toEqual([]);
    pending.add(change(2));
    pending.add(change(3));
    expect(pending.begin(999, 10)).toMatchObject([{ room: 'room', rev: 4, first: 0, changes: 3 }]);
    expect(pending.begin(1_499, 10)).toEqual([]);
    expect(pending.begin(1_500, 10)).toMatchObject([{ room: 'other', rev: 2 }]);
    expect(pending.begin(9_999, 10)).toEqual([]);
  });

  it('is one record a room, with the highest rev, whatever the order', () => {
    const pending = held(0);
    for (const rev of [7, 2, 9, 9, 3]) pending.add(change(rev, { rev }));
    expect(pending.size).toBe(1);
    expect(pending.begin(0, 1)).toMatchObject([{ rev: 9, first: 2, changes: 5 }]);
  });

  it('goes by the newest epoch that was told of', () => {
    const pending = held(0);
    pending.add(change(0, { rev: 90 }));
    pending.add(change(1, { epoch: 'later', rev: 4 }));
    expect(pending.begin(0, 1, true)).toMatchObject([{ epoch: 'later', rev: 4 }]);
  });

  it('is not written twice at once', () => {
    const pending = held(0);
    pending.add(change(0));
    const [first] = pending.begin(0, 1, true);
    pending.add(change(1));
    expect(pending.begin(0, 1, true)).toEqual([]);
    pending.done(first!);
    expect(pending.begin(0, 1, true)).toMatchObject([{ rev: 2 }]);
  });

  it('comes again when it could not be written, together with what came meanwhile', () => {
    const pending = held(0);
    pending.add(change(0));
    const [first] = pending.begin(0, 1, true);
    pending.add(change(1));
    pending.again(first!, 700);
    expect(pending.begin(699, 1, true)).toEqual([]);
    expect(pending.begin(700, 1, true)).toMatchObject([{ rev: 2, first: 0, changes: 2 }]);
  });
});

describe('what may be committed', () => {
  it('ends before the lowest offset that waits or is being written, by partition', () => {
    const pending = held(0, 1);
    pending.add(change(4));
    pending.add(change(6, { room: 'other' }));
    pending.taken({ ...at(0), offset: 9 });
    pending.taken({ ...at(1), offset: 3 });
    expect(offsets(pending)).toEqual([
      [0, 4],
      [1, 3],
    ]);
    pending.committed(pending.positions());
    expect(offsets(pending)).toEqual([]);
    const [first, other] = pending.begin(0, 2, true);
    pending.done(first!);
    expect(offsets(pending)).toEqual([[0, 6]]);
    pending.done(other!);
    expect(offsets(pending)).toEqual([[0, 9]]);
  });

  it('is nothing of a partition that was lost, and what waited of it is forgotten', () => {
    const pending = held(0, 1);
    const before = pending.holding(at(0));
    pending.add(change(4));
    pending.add(change(5, { ...at(1), room: 'kept' }));
    const [first] = pending.begin(0, 1, true);
    pending.taken({ ...at(0), offset: 9 });
    pending.hold([at(1)]);
    expect(pending.holding(at(0))).toBeUndefined();
    expect(offsets(pending)).toEqual([]);
    pending.again(first!, 0);
    expect(pending.begin(0, 9, true)).toMatchObject([{ room: 'kept' }]);

    pending.hold([at(0), at(1)]);
    expect(pending.holding(at(0))).not.toBe(before);
    expect(offsets(pending)).toEqual([]);
  });

  it('is kept of a partition that stays through a rebalance', () => {
    const pending = held(0);
    const before = pending.holding(at(0));
    pending.add(change(4));
    pending.taken({ ...at(0), offset: 5 });
    pending.hold([at(0), at(1)]);
    expect(pending.holding(at(0))).toBe(before);
    expect(offsets(pending)).toEqual([[0, 4]]);
  });
});
