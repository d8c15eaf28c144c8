import { describe, expect, it } from '@jest/globals';
import { aimsOf, type Figures } from '#tools/bench/aims.ts';
import { type Changing, queriesOf } from '#tools/bench/changing.ts';
import type { Row } from '#tools/bench/measure.ts';

const row = (more: Partial<Row>): Row => ({
  scenario: 'rooms',
  what: 'any',
  who: 'ours',
  perSecond: 1_000,
  range: [900, 1_100],
  p50: 1,
  p99: 10,
  errors: 0,
  reason: null,
  cpuUs: 1,
  mongodUs: 1,
  rss: null,
  largestRss: null,
  bodyKb: 1,
  ...more,
});

const changing = (readers: number, messages: number, heads: number): Changing => ({
  readers,
  readsPerSecond: 1_000,
  p99: 5,
  errors: 0,
  ms: 4_000,
  writes: 200,
  queries: { messages, heads },
});

const aims = (figures: Partial<Figures>) =>
  aimsOf({ rows: [], changing: [], readyMs: null, ...figures }).map(({ value, unit, met }) => ({ value, unit, met }));

describe('the aims of a bench', () => {
  it('are none where nothing was measured', () => {
    expect(aims({})).toEqual([]);
  });

  it('compare the p99 of cold reads with that of warm ones', () => {
    const cold = row({ scenario: 'cold-readmodel', p99: 29 });
    expect(aims({ rows: [row({ p99: 10 }), cold] })).toEqual([{ value: 2.9, unit: '×', met: true }]);
    expect(aims({ rows: [row({ p99: 9 }), { ...cold, p99: 27 }] })).toEqual([{ value: 3, unit: '×', met: false }]);
  });

  it('want queries of messages bounded by writes, and those of heads not to grow with readers', () => {
    expect(aims({ changing: [changing(8, 0, 1_000), changing(32, 205, 1_200), changing(128, 9_999, 1_500)] })).toEqual([
      { value: 1.025, unit: '×', met: true },
      { value: 1.5, unit: '×', met: true },
    ]);
    expect(aims({ changing: [changing(8, 0, 1_000), changing(32, 206, 1_200), changing(128, 0, 1_501)] })).toEqual([
      { value: 1.03, unit: '×', met: false },
      { value: 1.501, unit: '×', met: false },
    ]);
  });

  it('want a program that is soon ready', () => {
    expect(aims({ readyMs: 2_900 })).toEqual([{ value: 2.9, unit: 's', met: true }]);
    expect(aims({ readyMs: 3_000 })).toEqual([{ value: 3, unit: 's', met: false }]);
  });

  it('look at the largest process of a cluster, not at their sum', () => {
    const rows = [149, 120].map((largestRss) => row({ who: 'cluster', rss: 900, largestRss }));
    expect(aims({ rows })).toEqual([{ value: 149, unit: 'MiB', met: true }]);
  });
});

describe('queries of collections', () => {
  it('are read from what `top` tells, and are 0 where it does not know a collection', () => {
    const totals = { 'bench.rooms': { queries: { count: 7 } }, 'other.group_messages': { queries: { count: 9 } } };
    expect(queriesOf(totals, 'bench')).toEqual({ messages: 0, heads: 7 });
  });
});
