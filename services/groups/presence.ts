const HEAD = [
  '# HELP truematch_group_online_users Users online in a group, as the socket server counts them.',
  '# TYPE truematch_group_online_users gauge',
];

const ESCAPES: Record<string, string> = { '\\': String.raw`\\`, '"': String.raw`\"`, '\n': String.raw`\n` };

const label = (value: string): string => value.toWellFormed().replaceAll(/[\\"\n]/g, (char) => ESCAPES[char] ?? char);

/** Online counts by group id in Prometheus' text format. */
export function presenceText(counts: ReadonlyMap<string, number>): string {
  const samples = [...counts].map(([group, count]) => `truematch_group_online_users{group="${label(group)}"} ${count}`);
  return [...HEAD, ...samples, ''].join('\n');
}
