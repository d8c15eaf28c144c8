import { describe, expect, it } from '@jest/globals';
import { differences } from '#test/guarantees/changes.ts';

describe('the check of catching up', () => {
  const stored = [
    { messageId: 'a', rev: 1, text: 'one' },
    { messageId: 'b', rev: 3, text: 'two' },
  ];
  const seen = (...items: typeof stored) => new Map(items.map((one) => [one.messageId, one]));

  it('lets pass what is whole', () => {
    expect(differences('r', seen(...stored), stored)).toEqual([]);
  });

  it('finds a message that never came, one in an older state, and one too many', () => {
    const [first, second] = stored as [(typeof stored)[0], (typeof stored)[0]];
    expect(differences('r', seen(first), stored)).toHaveLength(2);
    expect(differences('r', seen(first, { ...second, rev: 2 }), stored)).toHaveLength(1);
    expect(differences('r', seen(first, { ...second, text: 'old' }), stored)).toHaveLength(1);
    expect(differences('r', seen(first, second, { ...second, messageId: 'c' }), stored)).toHaveLength(1);
  });
});
