import { describe, expect, it } from '@jest/globals';
import { dmRooms, groupRooms, MOST_GROUPS, MOST_USERS, users } from '#tools/demo/cast.ts';
import { script } from '#tools/demo/script.ts';

const sample = (messages: number) => {
  const all = users(20);
  return [...script(messages, groupRooms(5, all), dmRooms(all)).entries()].map(([room, lines]) => ({ room, lines }));
};

describe('the script of the demo', () => {
  it('is the same every time', () => {
    expect(sample(300)).toEqual(sample(300));
  });

  it('begins with all of what a smaller one says', () => {
    const smaller = sample(200);
    const larger = sample(300);
    for (const [n, { lines }] of smaller.entries()) expect(larger[n]!.lines.slice(0, lines.length)).toEqual(lines);
  });

  it('has a key for each line, and answers only what was said before', () => {
    const rooms = sample(1_000);
    const keys = rooms.flatMap(({ lines }) => lines.map((line) => line.key));
    expect(new Set(keys).size).toBe(1_000);
    for (const { lines } of rooms)
      for (const [n, { answers }] of lines.entries())
        expect(answers === null || (answers >= 0 && answers < n)).toBe(true);
  });

  it('lets only members speak and react, once each', () => {
    for (const { room, lines } of sample(1_000))
      for (const { author, reactions } of lines) {
        expect(room.members).toContain(author);
        const who = reactions.map((one) => one.user);
        expect(new Set(who).size).toBe(who.length);
        for (const user of who) expect(room.members).toContain(user);
      }
  });

  it('names no user and no group twice', () => {
    const all = users(MOST_USERS);
    expect(new Set(all.map((one) => one.username)).size).toBe(MOST_USERS);
    expect(new Set(groupRooms(MOST_GROUPS, all).map((one) => one.id)).size).toBe(MOST_GROUPS);
  });

  it('sends nobody to a host that is not for examples', () => {
    const urls = JSON.stringify(sample(2_000)).match(/https?:\/\/[^/"]+/g)!;
    expect(new Set(urls)).toEqual(new Set(['https://example.com']));
  });
});
