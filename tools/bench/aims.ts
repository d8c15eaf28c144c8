import type { Row } from '#tools/bench/measure.ts';
import type { Scenario } from '#tools/bench/scenarios.ts';

/** What the figures should be, and what they are. */
export interface Aim {
  text: string;
  value: number;
  unit: '×' | 'ms';
  met: boolean;
}

type Find = (scenario: Scenario['id'], who: Row['who']) => Row | undefined;

function ratio(find: Find, scenario: Scenario['id'], text: string, peer: 'bare' | 'express', atLeast: number): Aim[] {
  const [mine, theirs] = [find(scenario, 'ours'), find(scenario, peer)];
  if (!mine || !theirs) return [];
  const value = mine.perSecond / theirs.perSecond;
  const name = peer === 'bare' ? 'bare node:http' : 'the Express program';
  return [{ text: `${text}: at least ${atLeast} × ${name}`, value, unit: '×', met: value >= atLeast }];
}

function below(find: Find, scenario: Scenario['id'], text: string, ms: number): Aim[] {
  const row = find(scenario, 'ours');
  return row ? [{ text: `${text}: p99 below ${ms} ms`, value: row.p99, unit: 'ms', met: row.p99 < ms }] : [];
}

/** The aims that these rows say something about. */
export function aimsOf(rows: readonly Row[]): Aim[] {
  const find: Find = (scenario, who) => rows.find((row) => row.scenario === scenario && row.who === who);
  return [
    ...ratio(find, 'hot', 'latest(100), one room', 'bare', 0.5),
    ...ratio(find, 'hot', 'latest(100), one room', 'express', 10),
    ...ratio(find, 'post', 'POST, 200 rooms', 'express', 1.5),
    ...below(find, 'post', 'POST, 200 rooms', 40),
    ...ratio(find, 'post-hot', 'POST, one room', 'express', 1.5),
    ...below(find, 'post-hot', 'POST, one room', 40),
  ];
}
