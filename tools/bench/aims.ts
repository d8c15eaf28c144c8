import type { Name } from '#tools/bench/contestants/contestant.ts';
import type { Row } from '#tools/bench/measure.ts';
import type { Scenario } from '#tools/bench/scenarios.ts';

/** What the figures should be, and what they are. */
export interface Aim {
  text: string;
  value: number;
  unit: '×' | 'ms' | 'MiB';
  met: boolean;
}

type Of = readonly [scenario: Scenario['id'], who: Name];
type Find = (of: Of) => Row | undefined;

/** Requests a second of one row, at least so many times (`$` in the text) those of another. */
function ratio(find: Find, text: string, of: Of, against: Of, atLeast: number): Aim[] {
  const [mine, theirs] = [find(of), find(against)];
  if (!mine || !theirs) return [];
  const value = mine.perSecond / theirs.perSecond;
  return [{ text: text.replace('$', String(atLeast)), value, unit: '×', met: value >= atLeast }];
}

function below(find: Find, text: string, of: Of, ms: number): Aim[] {
  const row = find(of);
  return row ? [{ text: `${text}: p99 below ${ms} ms`, value: row.p99, unit: 'ms', met: row.p99 < ms }] : [];
}

function memory(rows: readonly Row[], mib: number): Aim[] {
  const most = Math.max(...rows.filter(({ who }) => who === 'ours').map(({ rss }) => rss ?? 0));
  if (most <= 0) return [];
  return [{ text: `one process under load: below ${mib} MiB resident`, value: most, unit: 'MiB', met: most < mib }];
}

/** The aims that these rows say something about. */
export function aimsOf(rows: readonly Row[]): Aim[] {
  const find: Find = ([scenario, who]) => rows.find((row) => row.scenario === scenario && row.who === who);
  return [
    ...ratio(find, 'latest(100), one room: at least $ × bare node:http', ['hot', 'ours'], ['hot', 'bare'], 0.55),
    ...ratio(find, 'latest(100), one room: at least $ × Express', ['hot', 'ours'], ['hot', 'express'], 10),
    ...ratio(find, 'the cluster, one room: at least $ × bare node:http', ['hot', 'cluster'], ['hot', 'bare'], 0.4),
    ...ratio(find, '304: at least $ × a bare 304', ['unchanged', 'ours'], ['unchanged', 'bare'], 0.5),
    ...ratio(find, '1,000 rooms: at least $ × one room', ['rooms', 'ours'], ['hot', 'ours'], 0.9),
    ...ratio(find, 'POST, 1,000 rooms: at least $ × group commit', ['post', 'ours'], ['post', 'group-commit'], 0.4),
    ...ratio(find, 'POST, 1,000 rooms: at least $ × Express', ['post', 'ours'], ['post', 'express'], 1.5),
    ...ratio(find, 'POST, one room: at least $ × Express', ['post-hot', 'ours'], ['post-hot', 'express'], 1.5),
    ...ratio(find, 'POST, one room: at least $ × 1,000 rooms', ['post-hot', 'ours'], ['post', 'ours'], 1),
    ...below(find, 'POST, 1,000 rooms', ['post', 'ours'], 40),
    ...below(find, 'POST, one room', ['post-hot', 'ours'], 40),
    ...memory(rows, 250),
  ];
}
