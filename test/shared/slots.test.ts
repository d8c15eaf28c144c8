import { describe, expect, it } from '@jest/globals';
import { monotonic } from '#shared/deadline.ts';
import { Slots } from '#shared/slots.ts';

const later = () => monotonic() + 60_000;
const overloaded = { type: 'overloaded', code: 503 };

/** A task that ends when it is told to. */
function task() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let begun = false;
  const run = () => {
    begun = true;
    return promise;
  };
  return { run, resolve, reject, begun: () => begun };
}

const settled = () => new Promise((next) => setImmediate(next));

describe('slots', () => {
  it('let so many in at once, the others in the order in which they came', async () => {
    const slots = new Slots({ atOnce: 2, waiting: 5 });
    const tasks = Array.from({ length: 4 }, task);
    const ends = tasks.map(({ run }) => slots.run(run, later()));
    await settled();
    expect(tasks.map(({ begun }) => begun())).toEqual([true, true, false, false]);
    tasks[1]!.resolve('second');
    await settled();
    expect(tasks.map(({ begun }) => begun())).toEqual([true, true, true, false]);
    tasks[0]!.reject(new Error('broken'));
    await expect(ends[0]).rejects.toThrow('broken');
    await settled();
    expect(tasks[3]!.begun()).toBe(true);
    tasks[2]!.resolve('third');
    tasks[3]!.resolve('fourth');
    expect(await Promise.all(ends.slice(1))).toEqual(['second', 'third', 'fourth']);
    expect(await slots.run(async () => 'free again', later())).toBe('free again');
  });

  it('refuse who finds the line full', async () => {
    const slots = new Slots({ atOnce: 1, waiting: 1 });
    const [first, second] = [task(), task()];
    const ends = [slots.run(first.run, later()), slots.run(second.run, later())];
    await expect(slots.run(async () => 'third', later())).rejects.toMatchObject(overloaded);
    first.resolve('first');
    second.resolve('second');
    expect(await Promise.all(ends)).toEqual(['first', 'second']);
  });

  it('refuse whose turn comes too late, and go on with the next', async () => {
    const slots = new Slots({ atOnce: 1, waiting: 5 });
    const [first, late] = [task(), task()];
    const ends = [
      slots.run(first.run, later()),
      slots.run(late.run, monotonic() - 1),
      slots.run(async () => 'next', later()),
    ];
    first.resolve('first');
    await expect(ends[1]).rejects.toMatchObject(overloaded);
    expect(late.begun()).toBe(false);
    expect(await ends[2]).toBe('next');
  });
});
