import { describe, expect, it } from '@jest/globals';
import { LIMITS, MIB } from '#shared/limits.ts';
import { monotonic } from '#shared/deadline.ts';
import { WriteQueue, type Write } from '#shared/room-log/queue.ts';

const ALL = LIMITS.queueWrites;
/** No room of another flush. */
const NOT_BUSY: ReadonlySet<string> = new Set();
const answered = { message: null, replayed: false, count: 0 };

/** Takes and answers everything; what was taken, flush by flush. */
function drain(queue: WriteQueue): Write[][] {
  const flushes: Write[][] = [];
  for (let flush = queue.take(ALL, 64 * MIB, NOT_BUSY); flush.size > 0; flush = queue.take(ALL, 64 * MIB, NOT_BUSY)) {
    const writes = [...flush.values()].flat();
    for (const write of writes) write.resolve(answered);
    flushes.push(writes);
  }
  return flushes;
}

const add = (queue: WriteQueue, room: string, messageId: string) =>
  queue.add(room, { op: 'delete', messageId }, 100, monotonic() + 10_000);

const idOf = ({ command }: Write) => (command.op === 'delete' ? command.messageId : '');

describe('the queue of writes', () => {
  it('loses none of a room that brings more than one entry takes', async () => {
    const queue = new WriteQueue();
    const count = 2 * LIMITS.entryChanges + 1;
    const ids = Array.from({ length: count }, (_, index) => `m${index}`);
    const outcomes = ids.map((id) => add(queue, 'room', id));
    const flushes = drain(queue);
    expect(flushes.map(({ length }) => length)).toEqual([LIMITS.entryChanges, LIMITS.entryChanges, 1]);
    expect(flushes.flat().map(idOf)).toEqual(ids);
    expect(await Promise.all(outcomes)).toHaveLength(count);
    expect(queue.size).toBe(0);
  });

  it('takes writes that must go alone one a flush, in their order', async () => {
    const queue = new WriteQueue();
    const outcomes = ['a', 'b', 'c'].map((id) => add(queue, 'room', id));
    const writes = queue.take(ALL, MIB, NOT_BUSY).get('room')!;
    for (const write of writes) write.alone = true;
    queue.putBack('room', writes, 0);
    expect(drain(queue).map((flush) => flush.map(idOf))).toEqual([['a'], ['b'], ['c']]);
    expect(await Promise.all(outcomes)).toHaveLength(3);
  });

  it('puts what is left of a room behind the other rooms', async () => {
    const queue = new WriteQueue();
    const outcomes = ['a', 'b', 'c'].map((id) => add(queue, 'hot', id));
    outcomes.push(add(queue, 'cold', 'd'));
    const flushes = [queue.take(2, MIB, NOT_BUSY), queue.take(2, MIB, NOT_BUSY)];
    expect(flushes.map((flush) => [...flush.keys()])).toEqual([['hot'], ['cold', 'hot']]);
    expect(queue.size).toBe(0);
    for (const write of flushes.flatMap((flush) => [...flush.values()].flat())) write.resolve(answered);
    expect(await Promise.all(outcomes)).toHaveLength(4);
  });
});
