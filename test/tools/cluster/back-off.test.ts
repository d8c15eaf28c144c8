import { describe, expect, it } from '@jest/globals';
import { BackOff } from '#tools/cluster/back-off.ts';

const waits = (backOff: BackOff, lives: { lifeMs: number; orderly?: boolean }[]) =>
  lives.map(({ lifeMs, orderly = false }) => backOff.after({ lifeMs, orderly }));

describe('the wait before a process is started again', () => {
  it('doubles from half a second to ten seconds', () => {
    const short = Array.from({ length: 7 }, () => ({ lifeMs: 100 }));
    expect(waits(new BackOff(), short)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('is the first again after a minute of life', () => {
    const lives = [{ lifeMs: 1 }, { lifeMs: 59_999 }, { lifeMs: 60_000 }, { lifeMs: 1 }];
    expect(waits(new BackOff(), lives)).toEqual([500, 1_000, 500, 1_000]);
  });

  it('does not grow by an end that was asked for', () => {
    const asked = { lifeMs: 1, orderly: true };
    expect(waits(new BackOff(), [{ lifeMs: 1 }, asked, asked, { lifeMs: 1 }])).toEqual([500, 500, 500, 1_000]);
  });
});
