import type { Aim } from '#tools/bench/aims.ts';
import { aimTable } from '#tools/bench/report.ts';
import type { Counts } from '#tools/soak/load.ts';
import type { Sample } from '#tools/soak/sample.ts';

/** The samples of one process: the first is taken a minute after the load began, then one a minute. */
export interface Series {
  nodeId: string;
  samples: readonly Sample[];
}

/** `npm start`, beside the processes of the cluster. */
export const ONE = 'one process';
/** What a process should hold at most at the end, in MiB. */
const AIMS = { one: 250, service: 150 };

/** What the heap may grow by after the first minute, and what it may in any case: caches of a small process fill up. */
const GROWTH = 0.1;
const FREE_BYTES = 2 * 1024 * 1024;
/** Connections of pools and keep-alive come and go. */
const FREE_HANDLES = 8;

const MIB = 1024 * 1024;
const mib = (bytes: number) => (bytes / MIB).toFixed(1);
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const ends = (values: readonly number[]) => {
  const size = Math.max(1, Math.floor(values.length / 4));
  return [median(values.slice(0, size)), median(values.slice(-size))] as const;
};

/** What grew, in words; the medians of the first and the last quarter are compared, because a sample alone may mislead. */
export function problemsOf({ nodeId, samples }: Series): string[] {
  const [firstHeap, lastHeap] = ends(samples.map((one) => one.heapBytes));
  const [firstHandles, lastHandles] = ends(samples.map((one) => one.handles));
  const [firstFiles, lastFiles] = ends(samples.map((one) => one.files));
  const problems: string[] = [];
  if (lastHeap > firstHeap * (1 + GROWTH) + FREE_BYTES)
    problems.push(`${nodeId}: the heap grew from ${mib(firstHeap)} to ${mib(lastHeap)} MiB`);
  if (lastHandles > firstHandles + FREE_HANDLES)
    problems.push(`${nodeId}: handles grew from ${firstHandles} to ${lastHandles}`);
  if (lastFiles > firstFiles + FREE_HANDLES)
    problems.push(`${nodeId}: open files grew from ${firstFiles} to ${lastFiles}`);
  return problems;
}

const cellsOf = ({ nodeId, samples }: Series): string[] => {
  const [firstHeap, lastHeap] = ends(samples.map((one) => one.heapBytes));
  const [firstHandles, lastHandles] = ends(samples.map((one) => one.handles));
  const [firstFiles, lastFiles] = ends(samples.map((one) => one.files));
  const growth = ((lastHeap / firstHeap - 1) * 100).toFixed(1);
  const rss = samples.map((one) => one.rssBytes);
  return [
    nodeId,
    mib(firstHeap),
    mib(lastHeap),
    `${growth} %`,
    mib(ends(rss)[1]),
    mib(Math.max(...rss)),
    `${firstHandles} → ${lastHandles}`,
    `${firstFiles} → ${lastFiles}`,
  ];
};

const HEADINGS = ['process', 'heap MiB, first', 'last', 'growth', 'RSS MiB, last', 'most', 'handles', 'open files'];

/** The aims of memory: what the process holds at the end, and the service that holds most. */
export function memoryAims(series: readonly Series[]): Aim[] {
  const aim = (text: string, of: readonly Series[], limit: number): Aim[] => {
    if (of.length === 0) return [];
    const value = Math.max(...of.map(({ samples }) => ends(samples.map((one) => one.rssBytes))[1])) / MIB;
    return [{ text: `${text}: below ${limit} MiB resident at the end`, value, unit: 'MiB', met: value < limit }];
  };
  return [
    ...aim(
      ONE,
      series.filter(({ nodeId }) => nodeId === ONE),
      AIMS.one,
    ),
    ...aim(
      'each service',
      series.filter(({ nodeId }) => nodeId !== ONE),
      AIMS.service,
    ),
  ];
}

export const table = (series: readonly Series[]): string =>
  [HEADINGS, HEADINGS.map((_, column) => (column === 0 ? '---' : '---:')), ...series.map((one) => cellsOf(one))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

export const countsLine = (counts: Counts): string =>
  Object.entries(counts)
    .map(([status, count]) => `${count.toLocaleString('en-US')} × ${status}`)
    .join(', ');

/** docs/soak.md. */
export function page(series: readonly Series[], counts: Counts, problems: readonly string[], about: string[]): string {
  return `# Soak

Written by \`npm run soak -- --write\`: a cluster with two instances of each service, and beside it what \`npm start\` runs,
all services in one process. Each has a steady load of its own: reads, writes, edits, reactions and catching up over 200
rooms and 200 DMs. Once a minute each process tells what it holds. Resident memory is read as the load left it; then the
process collects its garbage, and heap, handles and open files are read. "First" and "last" are the medians of the first
and the last quarter of the samples; the first sample is taken a minute after the start.

${about.map((line) => `- ${line}`).join('\n')}
- Answers: ${countsLine(counts)}
- ${problems.length === 0 ? 'Nothing grew: heaps by no more than 10 % (and 2 MiB), handles and open files stayed.' : `RED: ${problems.join('; ')}`}

${aimTable(memoryAims(series))}

${table(series)}

What memory consists of, and what was tried: [decision 9](decisions/0009-memory-of-windows.md).
`;
}
