import type { Measured } from '#tools/bench/load/load.ts';

export interface Level {
  messages: number;
  groups: number;
  /** By what was asked. */
  rows: Record<string, Measured>;
}

/**
 * The last step against the cheapest, since in the first one the program has run for seconds: within a fifth counts as
 * independent.
 */
const INDEPENDENT = 1.2;

const cells = (values: readonly string[]): string => `| ${values.join(' | ')} |`;
const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const rate = ({ requests, ms }: Measured): number => (requests / ms) * 1_000;

function row(name: string, levels: readonly Level[]): string {
  const measured = levels.map(({ rows }) => rows[name]!);
  const growth = Math.max(...measured.map(rate)) / rate(measured.at(-1)!);
  const errors = measured.reduce((sum, one) => sum + one.errors, 0);
  return cells([
    name,
    ...measured.map((one) => `${whole(rate(one))} (${one.p50.toFixed(2)} / ${one.p99.toFixed(1)})`),
    `${growth.toFixed(2)} ×`,
    growth <= INDEPENDENT ? 'independent' : 'GROWS',
    String(errors),
  ]);
}

/** The page that shows what was measured. */
export const pageOf = (machine: string[][], clients: number, levels: readonly Level[]): string =>
  `# What grows

Written by \`npm run bench:growth -- --write\`. One process, ${clients} clients; requests a second, in brackets p50 / p99 in ms; the
best of five runs. At each step the room that is asked has so many messages, and other people have so many DMs.

| machine |  |
| --- | --- |
${machine.map(cells).join('\n')}

${cells(['asked', ...levels.map((one) => `${whole(one.messages)} messages and DMs, ${whole(one.groups)} groups`), 'cost, last ÷ cheapest', '', 'errors'])}
${cells(['---', ...levels.map(() => '---:'), '---:', '---', '---:'])}
${Object.keys(levels[0]!.rows)
  .map((name) => row(name, levels))
  .join('\n')}
`;
