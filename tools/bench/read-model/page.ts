import { COLD_MESSAGES, COLD_ROOMS, HUGE_MESSAGES } from '#tools/bench/read-model/rooms.ts';
import { READERS, type Sizes, type Times, type WindowTimes } from '#tools/bench/read-model/measures.ts';

export interface Figures {
  cold: Record<'query' | 'readmodel', Times>;
  huge: Record<'query' | 'readmodel', number>;
  sizes: Sizes;
  quiet: WindowTimes;
  busy: WindowTimes;
  /** Windows written in both, and events taken. */
  written: number;
  events: number;
}

const cells = (row: readonly (string | number)[]): string => `| ${row.join(' | ')} |`;
const kib = (bytes: number): string => (bytes / 1_024).toFixed(1);
const seconds = (ms: number): string => (ms / 1_000).toFixed(2);

const cold = (name: string, { p50, p99 }: Times, huge: number) =>
  cells([name, p50.toFixed(2), p99.toFixed(2), huge.toFixed(1)]);
const written = (name: string, { writes, count, p50, p99 }: WindowTimes) =>
  cells([name, writes, seconds(p50), seconds(p99), writes - count]);

/** The page that shows what was measured. */
export const pageOf = (machine: string[][], { sizes, ...figures }: Figures): string =>
  `# The read model

Written by \`npm run bench:readmodel -- --write\`. Figures are of one machine and one moment: read the ratios.

| machine |  |
| --- | --- |
${machine.map(cells).join('\n')}

Latest windows of rooms that a process has never read: ${COLD_ROOMS.length} rooms of ${COLD_MESSAGES} messages, ${READERS} readers; and one room of
${HUGE_MESSAGES} messages, once.

| base | p50 ms | p99 ms | the long room, ms |
| --- | ---: | ---: | ---: |
${cold('read model', figures.cold.readmodel, figures.huge.readmodel)}
${cold('query', figures.cold.query, figures.huge.query)}

A window of 500 messages: ${kib(sizes.bson)} KiB as BSON, ${kib(sizes.document)} KiB as the document that is stored. Making that document
takes ${sizes.write.toFixed(2)} ms, reading it ${sizes.read.toFixed(2)} ms; reading the same messages as BSON ${sizes.readBson.toFixed(2)} ms.

From the answer to a POST to a stored window that has it. By design a window waits for 200 changes of its room, or until
the oldest was sent 10 s ago; readers do not wait for it.

| load | writes | p50 s | p99 s | not seen |
| --- | ---: | ---: | ---: | ---: |
${written('20 a second over 100 rooms', figures.quiet)}
${written('200 a second in one room', figures.busy)}

${figures.events} events became ${figures.written} windows.
`;
