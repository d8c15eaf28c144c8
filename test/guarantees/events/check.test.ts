import { describe, expect, it } from '@jest/globals';
import { eventsOfEntry } from '#shared/events/of-entry.ts';
import type { Incoming } from '#shared/kafka/batch.ts';
import { isComplete, problemsOfEvents } from '#test/guarantees/events/check.ts';
import { create, MemoryRoom } from '#test/shared/room-log/memory-room.ts';

const room = new MemoryRoom('hiking');
for (const id of ['a', 'b', 'c']) room.run([create(id)], 1_000);
const log = new Map([['hiking', room.entries.flatMap(({ changes }) => changes)]]);
const [one, two, three] = room.entries
  .flatMap((entry) => eventsOfEntry(entry, 'gen'))
  .map((event) => ({ event, message: {} as Incoming }));

describe('the check of a topic against the log', () => {
  it('takes every change in order, some of them again', () => {
    const arrived = [one!, two!, one!, two!, three!];
    expect(problemsOfEvents(log, arrived)).toEqual([]);
    expect(isComplete(log, arrived)).toBe(true);
  });

  it.each([
    ['a change that is missing at the end', [one!, two!], 'is the last that arrived'],
    ['a hole', [one!, three!, two!], 'rev 3 arrived after 1'],
    [
      'another content',
      [one!, { ...two!, event: { ...two!.event, data: { ...two!.event.data, kind: 'edited' } } as never }, three!],
      'rev 2 is not what the log has',
    ],
  ])('finds %s', (_what, arrived, problem) => {
    expect(problemsOfEvents(log, arrived).join()).toContain(problem);
  });

  it('is not complete before the last change of each room', () => {
    expect(isComplete(log, [one!, two!])).toBe(false);
  });
});
