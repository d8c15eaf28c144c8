import type { Measured } from '#tools/bench/load/load.ts';
import { CLIENTS, type PageRow, POLL_CLIENTS, VIEWERS } from '#tools/bench/dating/measures.ts';
import { CITIES } from '#tools/bench/dating/people.ts';

const cells = (row: readonly (string | number)[]): string => `| ${row.join(' | ')} |`;

const pageCells = ({ km, limit, returned, examined, worst, load }: PageRow): string =>
  cells([
    km ?? 'any',
    limit,
    Math.round(returned / VIEWERS),
    (examined / returned).toFixed(2),
    worst.toFixed(1),
    load.p50.toFixed(0),
    load.p99.toFixed(0),
    (load.bytes / load.requests / 1_024).toFixed(0),
    load.errors,
  ]);

/** The page that shows what was measured. */
export const pageOf = (machine: string[][], count: number, pages: readonly PageRow[], polling: Measured): string =>
  `# Dating lists

Written by \`npm run bench:dating -- --write\`. Figures are of one machine and one moment. ${count} people with dating
profiles in ${CITIES} towns; ${VIEWERS} viewers ask for a list that nobody asked for before, ${CLIENTS} at a time.

| machine |  |
| --- | --- |
${machine.map(cells).join('\n')}

| within km | limit | returned | documents examined ÷ returned | worst | p50 ms | p99 ms | body KiB | errors |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${pages.map(pageCells).join('\n')}

A list that did not change, asked for with its ETag in a tight loop by ${POLL_CLIENTS} clients (304):

| req/s | p50 ms | p99 ms | errors |
| ---: | ---: | ---: | ---: |
${cells([Math.round((polling.requests / polling.ms) * 1_000), polling.p50.toFixed(2), polling.p99.toFixed(2), polling.errors])}
`;
