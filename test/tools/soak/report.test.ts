import { describe, expect, it } from '@jest/globals';
import { memoryAims, ONE, problemsOf, type Series } from '#tools/soak/report.ts';
import type { Sample } from '#tools/soak/sample.ts';

const MIB = 1024 * 1024;

/** A process in which nothing changes but what `change` says of its twelve samples. */
const series = (nodeId: string, change: (minute: number) => Partial<Sample> = () => ({})): Series => ({
  nodeId,
  samples: Array.from({ length: 12 }, (_, minute) => ({
    rssBytes: 140 * MIB,
    heapBytes: 40 * MIB,
    handles: 10,
    files: 30,
    ...change(minute),
  })),
});

const growing = (mib: number) => series('dm-1', (minute) => ({ heapBytes: (40 + minute * mib) * MIB }));
const met = (all: Series[]) => memoryAims(all).map((aim) => [aim.value, aim.met]);

describe('what a soak finds', () => {
  it('is nothing where nothing grows, nor where one sample alone stands out', () => {
    expect(problemsOf(series('dm-1'))).toEqual([]);
    expect(problemsOf(series('dm-1', (minute) => (minute === 11 ? { heapBytes: 90 * MIB, files: 90 } : {})))).toEqual(
      [],
    );
  });

  it('is a heap that grows by more than a tenth and 2 MiB', () => {
    expect(problemsOf(growing(0.4))).toEqual([]);
    expect(problemsOf(growing(1.1))).toEqual(['dm-1: the heap grew from 41.1 to 51.0 MiB']);
  });

  it('is handles or open files that grow by more than eight', () => {
    expect(problemsOf(series('dm-1', (minute) => ({ handles: 10 + minute * 0.8, files: 30 + minute * 0.8 })))).toEqual(
      [],
    );
    expect(problemsOf(series('dm-1', (minute) => ({ handles: 10 + minute * 2, files: 30 + minute * 2 })))).toEqual([
      'dm-1: handles grew from 12 to 30',
      'dm-1: open files grew from 32 to 50',
    ]);
  });
});

describe('the aims of memory', () => {
  it('look at the end: at one process, and at the service that holds most', () => {
    const one = (end: number) => series(ONE, (minute) => ({ rssBytes: (minute < 9 ? 900 : end) * MIB }));
    const service = (end: number) => series('media-1', (minute) => ({ rssBytes: (minute < 9 ? 10 : end) * MIB }));
    expect(met([one(249), series('dm-1'), service(149)])).toEqual([
      [249, true],
      [149, true],
    ]);
    expect(met([one(250), series('dm-1'), service(150)])).toEqual([
      [250, false],
      [150, false],
    ]);
  });

  it('are none of what was not watched', () => {
    expect(memoryAims([])).toEqual([]);
  });
});
