import type { Latencies } from '#tools/bench/load/latencies.ts';

export interface Figures {
  /** Messages written in each of the two measures of many. */
  count: number;
  latency: Latencies;
  /** Written a second, while the relay sends. */
  messages: number;
  /** Written and sent a second. */
  events: number;
  /** Sent a second, of what was written while no relay ran. */
  caughtUp: number;
  /** Oplog bytes by collection. */
  bytes: ReadonlyMap<string, number>;
}

const cells = (row: readonly (string | number)[]): string => `| ${row.join(' | ')} |`;

/** The page that shows what was measured. */
export function pageOf(machine: string[][], { count, latency, messages, events, caughtUp, bytes }: Figures): string {
  const total = [...bytes.values()].reduce((sum, one) => sum + one, 0);
  const rows = [...bytes].sort(([, a], [, b]) => b - a);
  return `# Events

Written by \`npm run bench:events -- --write\`. Figures are of one machine and one moment: read the ratios.

| machine |  |
| --- | --- |
${machine.map(cells).join('\n')}

| what | |
| --- | ---: |
${cells(['From the answer of a write to its event in a consumer, p50', `${latency.percentile(0.5).toFixed(1)} ms`])}
${cells(['The same, p99', `${latency.percentile(0.99).toFixed(1)} ms`])}
${cells([`Messages a second, ${count} by 64 writers into 200 rooms, while they are relayed`, Math.round(messages)])}
${cells(['Events a second, until the last of them is acknowledged', Math.round(events)])}
${cells(['Events a second, of as many that had waited', Math.round(caughtUp)])}

What a message costs in the oplog, of those written in many:

| collection | bytes a message |
| --- | ---: |
${rows.map(([name, size]) => cells([`\`${name}\``, (size / count).toFixed(0)])).join('\n')}
${cells(['all', (total / count).toFixed(0)])}
`;
}
