import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newHead } from '#shared/room-log/end.ts';
import { Ends } from '#shared/room-log/ends.ts';

describe('the ends that a process knows', () => {
  let ends: Ends;
  beforeEach(() => {
    jest.useFakeTimers();
    ends = new Ends();
  });
  afterEach(() => {
    ends.stop();
    jest.useRealTimers();
  });

  it('L10: do not let fresh ids be believed before the end has been known for longer than a try can be late', () => {
    const end = ends.read({ ...newHead('room'), rev: 7 });
    expect(ends.isSettled(end)).toBe(false);
    jest.advanceTimersByTime(15_000);
    expect(ends.isSettled(end)).toBe(false);
    jest.advanceTimersByTime(1_000);
    expect(ends.isSettled(end)).toBe(true);
    expect(ends.isSettled(ends.read({ ...newHead('room'), rev: 8 }))).toBe(false);
  });

  it('let fresh ids be believed at once in a room that has nothing', () => {
    expect(ends.isSettled(ends.read(newHead('room')))).toBe(true);
  });
});
