import { describe, expect, it } from '@jest/globals';
import type { Entry } from '#shared/room-log/types.ts';
import { type Operation, problemsOfHistory, withRevs } from '#test/guarantees/history.ts';

const at = (kind: Operation['kind'], rev: number, begun: number, ended: number, room = 'r'): Operation => ({
  room,
  kind,
  rev,
  begun,
  ended,
});

describe('the check of histories', () => {
  it('lets pass what overlaps, in either order', () => {
    expect(
      problemsOfHistory([
        at('write', 1, 0, 10),
        at('write', 2, 5, 8),
        at('read', 1, 6, 9),
        at('read', 2, 11, 12),
        at('read', 0, 0, 20, 'another'),
      ]),
    ).toEqual([]);
  });

  it.each([
    ['a read that misses an acknowledged write', [at('write', 4, 0, 10), at('read', 3, 11, 12)]],
    ['a read older than one that was answered before', [at('read', 7, 0, 10), at('read', 6, 11, 12)]],
    ['a write that is ordered before an acknowledged one', [at('write', 5, 0, 10), at('write', 4, 11, 12)]],
    ['a write that changes what a read has shown already', [at('read', 5, 0, 10), at('write', 5, 11, 12)]],
    ['two writes of one rev', [at('write', 5, 0, 10), at('write', 5, 5, 12)]],
    [
      'what lies far behind',
      [at('write', 9, 0, 1), ...Array.from({ length: 50 }, (_, n) => at('read', 9, 2, 3 + n)), at('read', 8, 60, 61)],
    ],
  ])('finds %s', (_what, history) => {
    expect(problemsOfHistory(history)).toHaveLength(1);
  });
});

const change = (rev: number, messageId: string, kind: 'created' | 'edited' | 'reacted', text?: string) => ({
  rev,
  kind,
  seq: 1,
  op: { messageId },
  ...(text !== undefined && { message: { text } }),
});

describe('edits', () => {
  const entry = (...changes: ReturnType<typeof change>[]) => ({ room: 'r', changes }) as unknown as Entry;
  const log = [
    entry(change(1, 'm', 'created', 'one')),
    entry(change(2, 'm', 'edited'), change(3, 'm', 'reacted', 'two')),
    entry(change(4, 'm', 'reacted', 'two')),
  ];

  it('have the revs that the log gave them, also where the state stands at a later change', () => {
    const edit = { room: 'r', messageId: 'm', text: 'two', begun: 1, ended: 2 };
    expect(withRevs([edit, { ...edit, text: 'unknown' }], log)).toEqual([
      { room: 'r', kind: 'write', rev: 2, begun: 1, ended: 2 },
    ]);
  });
});
