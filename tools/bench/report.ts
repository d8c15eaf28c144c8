import type { Aim, Figures } from '#tools/bench/aims.ts';
import type { Changing } from '#tools/bench/changing.ts';
import type { Name } from '#tools/bench/contestants/contestant.ts';
import type { Row } from '#tools/bench/measure.ts';

const WHO: Record<Name, string> = {
  ours: 'this program',
  cluster: 'as a cluster',
  bare: 'bare node:http',
  fastify: 'fastify',
  express: 'Express + driver',
  'group-commit': 'group commit',
};

const whole = (value: number | null) => (value === null ? '-' : Math.round(value).toLocaleString('en-US'));
const fixed = (value: number) => value.toFixed(value < 10 ? 2 : 1);

/** How a row stands to ours in the same measurement: ours ÷ theirs. */
function againstOurs(row: Row, rows: readonly Row[]): string {
  const ours = rows.find((one) => one.scenario === row.scenario && one.who === 'ours');
  return row.who === 'ours' || !ours ? '' : `${fixed(ours.perSecond / row.perSecond)} ×`;
}

const HEADINGS = [
  'what', 'program', 'req/s', 'lowest–highest', 'p50 ms', 'p99 ms', 'errors',
  'CPU µs/req', 'mongod µs/req', 'RSS MiB', 'body kB', 'ours ÷ it',
]; // prettier-ignore

const cellsOf = (row: Row, rows: readonly Row[]): string[] => [
  row.what,
  WHO[row.who],
  whole(row.perSecond),
  `${whole(row.range[0])}–${whole(row.range[1])}`,
  fixed(row.p50),
  fixed(row.p99),
  row.errors === 0 ? '0' : `${row.errors} (${row.reason})`,
  whole(row.cpuUs),
  whole(row.mongodUs),
  whole(row.rss),
  row.bodyKb.toFixed(1),
  againstOurs(row, rows),
];

const linesOf = (rows: readonly Row[]): string[][] => [HEADINGS, ...rows.map((row) => cellsOf(row, rows))];

const CHANGING_HEADINGS = [
  'readers', 'reads/s', 'p99 ms', 'errors', 'writes/s', 'queries/s of messages', 'queries/s of heads',
]; // prettier-ignore

const changingLines = (changing: readonly Changing[]): string[][] => [
  CHANGING_HEADINGS,
  ...changing.map(({ readers, readsPerSecond, p99, errors, ms, writes, queries }) => {
    const perSecond = (count: number) => fixed(count / (ms / 1_000));
    const asked = [writes, queries.messages, queries.heads].map(perSecond);
    return [String(readers), whole(readsPerSecond), fixed(p99), String(errors), ...asked];
  }),
];

/** Columns for a terminal, the first `left` of them aligned to the left. */
function aligned(lines: readonly string[][], left: number): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const pad = (cell: string, column: number) =>
    column < left ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

/** The tables for a terminal. */
export const table = (rows: readonly Row[]): string => aligned(linesOf(rows), 2);
export const changingTable = (changing: readonly Changing[]): string => aligned(changingLines(changing), 0);

const aimCells = ({ text, value, unit, met }: Aim): [string, string, string] => [
  met ? 'met' : 'NOT MET',
  text,
  `${fixed(value)} ${unit}`,
];

export const aimLines = (aims: readonly Aim[]): string =>
  aims
    .map((aim) => aimCells(aim))
    .map(([met, text, value]) => `${met.padEnd(8)} ${text}: ${value}`)
    .join('\n');

const markdown = (lines: readonly string[][], right: number): string => {
  const [head, ...rest] = lines;
  const rule = head!.map((_, column) => (column < right ? '---' : '---:'));
  return [head!, rule, ...rest].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

/** The same, for a page. */
export const aimTable = (aims: readonly Aim[]): string =>
  markdown([['', 'aim', 'measured'], ...aims.map((aim) => aimCells(aim))], 2);

/** docs/benchmarks.md. `settings`: how long was measured, for people. */
export function page({ rows, changing }: Figures, aims: readonly Aim[], machine: string[][], settings: string): string {
  return `# Benchmarks

Written by \`npm run bench -- --write\`. Figures are of one machine and one moment: read the ratios. Everything, the load
included, ran on the same machine over loopback.

${markdown([['machine', ''], ...machine], 2)}

## Aims

${aimTable(aims)}

What was tried to meet them, what it gave, and why some are missed: [memory](decisions/0009-memory-of-windows.md),
[writes and reads](decisions/0010-cost-of-a-write.md).

## Measured

${settings} Programs take turns, run by run; medians are shown. CPU is user and system time of the process, from /proc.

${markdown(linesOf(rows), 2)}

**cold**: rooms that the process is asked for the first time, each once. The process is a fresh one in each run; 100 other
rooms are read before, because else Node's compiler is measured. MongoDB has the data in memory. *By query*: Kafka off.
*From the read model*: Kafka on, the windows of all rooms stored beforehand. The log of the rooms has been forgotten.

**upload**: JPEGs of 640 × 480, 1,024 of them in turn: each is received, recognised, written anew, made smaller as a preview,
and both are flushed to the disk.

## A room that changes while it is read

Readers ask for latest(100) of one room, one writer sends it messages at a fixed rate; of this program alone. The
queries are those that MongoDB counted meanwhile (\`top\`): of messages (\`group_messages\`), and of the rooms' heads
(\`rooms\`), by which each read proves that it is fresh. A query of heads serves all readers who wait for it; the process
that writes carries its changes into the window that it holds.

${markdown(changingLines(changing), 0)}

## Who is who

- **this program**: what \`npm start\` runs, all services in one process, with its own checks, headers, ids and log.
- **bare node:http**: the limit. It sends the same bytes and headers from memory and knows no database.
- **fastify**: the same bytes by a framework that is known to be fast.
- **as a cluster**: what \`npm run cluster\` runs, one process of each service on the same two cores, Kafka off. Its CPU and
  memory are those of all processes together.
- **group commit**: the write limit, node:http and the driver: what arrives while an \`insertMany\` is under way goes into
  the next one, journaled by a majority. It checks nothing and keeps no order, number or log.
- **Express + driver**: the obvious program on the same data: \`find().sort().limit()\` on an index, \`insertOne\` with
  \`w: majority, j: true\`. It checks nothing, and is spared Express's default ETag, which hashes every body.
  Its writes have no order in a room, no idempotency and no history to catch up from.

One \`mongod\` serves all, each program in a database of its own. The load comes from a thread that writes requests to
keep-alive sockets and reads answers by content-length; a client sends its next request when the last one is answered,
so a slow program is also asked less often.
`;
}
