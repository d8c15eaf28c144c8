import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor, isVoid, START } from '#shared/room-log/cursor.ts';
import { headOf, messages } from '#test/shared/rooms/samples.ts';

const position = { epoch: 'generation.épo/ch+', rev: 12, seq: 7, floorSeq: 3 };

describe('a cursor', () => {
  it('comes back as it was, in characters that need no escaping in a URL', () => {
    const text = encodeCursor(position);
    expect(decodeCursor(text)).toEqual(position);
    expect(encodeURIComponent(text)).toBe(text);
  });

  it('is the start when it is 0, blank or absent, or of a room without a head', () => {
    for (const text of ['0', '', ' ', undefined, encodeCursor(START)]) expect(decodeCursor(text)).toEqual(START);
  });

  it('is refused when it is anything else', () => {
    for (const text of [
      '1',
      'x',
      '1.2.3',
      '-1.2.3.a',
      '1.2.3.a.b',
      '1e3.2.3.a',
      '1.2.3.ü',
      `${'9'.repeat(16)}.1.1.a`,
      'null',
    ])
      expect(() => decodeCursor(text)).toThrow(expect.objectContaining({ type: 'cursor_invalid', code: 400 }));
  });
});

describe('a cursor is void', () => {
  const head = { ...headOf('r', messages('r', 20)), floorSeq: 3 };
  const { epoch } = position;

  it('in another epoch, after a deletion of the room, beyond the head, or without a head', () => {
    expect(isVoid(position, head, epoch)).toBe(false);
    expect(isVoid(position, head, 'other')).toBe(true);
    expect(isVoid(position, { ...head, floorSeq: 4 }, epoch)).toBe(true);
    expect(isVoid({ ...position, rev: 21 }, head, epoch)).toBe(true);
    expect(isVoid(position, null, '')).toBe(true);
  });

  it('never for who has read nothing yet', () => {
    expect(isVoid(START, head, epoch)).toBe(false);
    expect(isVoid(START, null, '')).toBe(false);
  });
});
