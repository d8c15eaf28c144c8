import { describe, expect, it } from '@jest/globals';
import { Gather } from '#services/profiles/dating/gather.ts';

describe('what is gathered', () => {
  it('goes together, in order, after what is under way; another key does not wait', async () => {
    const gates = new Map([['a', Promise.withResolvers<void>()]]);
    const runs: string[] = [];
    const gather = new Gather<number, string>(async (key, items) => {
      runs.push(`${key}${items.join('')}`);
      await gates.get(key)?.promise;
      return `${key}${items.join('')}`;
    });
    const answers = [1, 2, 3].map((item) => gather.add('a', item));
    expect(await gather.add('b', 9)).toBe('b9');
    expect(runs).toEqual(['a1', 'b9']);
    gates.get('a')!.resolve();
    expect(await Promise.all(answers)).toEqual(['a1', 'a23', 'a23']);
    expect(await gather.add('a', 4)).toBe('a4');
  });

  it('fails alone: what comes after it goes on', async () => {
    const gather = new Gather<string, string>(async (_key, items) => {
      if (items.includes('bad')) throw new Error('bad');
      return items.join('');
    });
    const [first, bad] = [gather.add('a', 'bad'), gather.add('a', 'x')];
    await expect(first).rejects.toThrow('bad');
    expect(await bad).toBe('x');
    expect(await gather.add('a', 'y')).toBe('y');
  });
});
