import { describe, expect, it } from '@jest/globals';
import { latestCount, latestEtag } from '#shared/rooms/etag.ts';

describe('the count of the newest messages', () => {
  it('is 1 to 500, and 100 when it is 0 or absent', () => {
    expect([undefined, 0, 1, 100, 500, 501, -5, 9e15].map((count) => latestCount(count))).toEqual([
      100, 100, 1, 100, 500, 500, 1, 500,
    ]);
  });
});

describe('the ETag of the newest messages', () => {
  const place = { epoch: 'generation.epoch', rev: 7 };

  it('is weak, has only characters that a header takes, and tells whatever matters', () => {
    const tag = latestEtag('räume "x"\n☃', { epoch: '"☃', rev: 7 }, 100);
    expect(tag).toMatch(/^W\/"[\w-]+"$/);
    const others = [
      latestEtag('a', place, 100),
      latestEtag('b', place, 100),
      latestEtag('a', { ...place, epoch: 'x' }, 100),
      latestEtag('a', { ...place, rev: 8 }, 100),
      latestEtag('a', place, 101),
    ];
    expect(new Set(others).size).toBe(others.length);
    expect(latestEtag('a', { ...place }, 100)).toBe(others[0]);
  });
});
