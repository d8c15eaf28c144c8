import type { Name } from '#tools/bench/contestants/contestant.ts';
import type { Changing } from '#tools/bench/changing.ts';
import type { Row } from '#tools/bench/measure.ts';
import type { Scenario } from '#tools/bench/scenarios.ts';

/** All that was measured. */
export interface Figures {
  rows: readonly Row[];
  changing: readonly Changing[];
  /** From the start of a process until it is ready; null when none was started for that. */
  readyMs: number | null;
}

/** What the figures should be, and what they are. */
export interface Aim {
  text: string;
  value: number;
  unit: '×' | 's' | 'ms' | 'MiB';
  met: boolean;
}

const COLD = '1,000 rooms, cold from the read model: p99 below $ × that of warm ones';

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

function serviceMemory(rows: readonly Row[], mib: number): Aim[] {
  const most = Math.max(...rows.filter(({ who }) => who === 'cluster').map(({ largestRss }) => largestRss ?? 0));
  if (most <= 0) return [];
  return [{ text: `each service under load: below ${mib} MiB resident`, value: most, unit: 'MiB', met: most < mib }];
}

/** p99 of one row below so many times (`$` in the text) that of another. */
function slower(find: Find, text: string, of: Of, against: Of, limit: number): Aim[] {
  const [mine, theirs] = [find(of), find(against)];
  if (!mine || !theirs) return [];
  const value = mine.p99 / theirs.p99;
  return [{ text: text.replace('$', String(limit)), value, unit: '×', met: value < limit }];
}

function ready(ms: number | null, limit: number): Aim[] {
  if (ms === null) return [];
  const text = `npm start with MongoDB there: ready in less than ${limit} s`;
  return [{ text, value: ms / 1_000, unit: 's', met: ms / 1_000 < limit }];
}

/** Queries that are no reader's and no writer's. */
const OTHER_QUERIES = 5;

const headRate = ({ queries, ms }: Changing) => queries.heads / ms;

/** Queries of a room that changes are bounded by its changes, not by its readers. */
function changes(lines: readonly Changing[]): Aim[] {
  const [few, some, many] = [8, 32, 128].map((readers) => lines.find((one) => one.readers === readers));
  if (!few || !some || !many) return [];
  const growth = headRate(many) / headRate(few);
  return [
    {
      text: 'a room that changes under 32 readers: at most a query of its messages a write',
      value: some.queries.messages / some.writes,
      unit: '×',
      met: some.queries.messages <= some.writes + OTHER_QUERIES,
    },
    {
      text: 'a room that changes under 128 readers: queries of heads at most 1.5 × those under 8',
      value: growth,
      unit: '×',
      met: growth <= 1.5,
    },
  ];
}

/** The aims that these figures say something about. */
export function aimsOf({ rows, changing, readyMs }: Figures): Aim[] {
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
    ...slower(find, COLD, ['cold-readmodel', 'ours'], ['rooms', 'ours'], 3),
    ...changes(changing),
    ...ready(readyMs, 3),
    ...memory(rows, 250),
    ...serviceMemory(rows, 150),
  ];
}
