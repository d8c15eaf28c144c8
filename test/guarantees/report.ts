import type { Result } from '#test/guarantees/drill.ts';

const CHECKS: Record<keyof Result['problems'], string> = {
  answers: 'P8',
  durable: 'P1 P5 P6',
  linearizable: 'P2',
  changes: 'changes',
  repeats: 'P7',
};
const NAMES = Object.keys(CHECKS) as (keyof Result['problems'])[];

export const problemsOf = (result: Result): string[] => NAMES.flatMap((name) => result.problems[name]);

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

const toldOf = ({ told }: Result): string =>
  Object.entries(told)
    .map(([what, count]) => `${count} × ${what}`)
    .join(', ') || 'nothing';

function cellsOf(result: Result): string[] {
  const { fault, done, requests, noticedMs, oldReads } = result;
  if (!done) return [fault.name, fault.what, 'not done: this machine cannot', '', '', ...NAMES.map(() => '')];
  const checks = NAMES.map((name) =>
    result.problems[name].length === 0 ? 'held' : `RED: ${result.problems[name].length}`,
  );
  if (oldReads > 0) checks[NAMES.indexOf('linearizable')] = `held, but for ${oldReads} reads of the old primary`;
  return [
    fault.name,
    fault.what,
    requests.toLocaleString('en-US'),
    toldOf(result),
    noticedMs === 0 ? 'never' : seconds(noticedMs),
    ...checks,
  ];
}

const HEADINGS = [
  'fault',
  'what was done',
  'requests',
  'told besides 2xx',
  'last of it after',
  ...NAMES.map((name) => CHECKS[name]),
];

const markdown = (rows: string[][]): string =>
  [HEADINGS, HEADINGS.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export interface Whole {
  results: readonly Result[];
  machine: string[][];
  minutes: number;
  /** What `npm run verify` printed at the end, and whether it found all well. */
  verify: { ok: boolean; text: string };
}

/** For a terminal, as a fault is over. */
export const line = (result: Result): string => {
  const problems = problemsOf(result);
  const verdict = !result.done
    ? 'not done'
    : problems.length === 0
      ? 'held'
      : `RED\n  ${problems.slice(0, 5).join('\n  ')}`;
  return `${result.fault.name}: ${result.requests} requests, told ${toldOf(result)}, ${verdict}`;
};

/** docs/guarantees.md. */
export function page({ results, machine, minutes, verify }: Whole): string {
  const red = results.filter((one) => problemsOf(one).length > 0);
  const details = red.map(
    (one) =>
      `### ${one.fault.name}\n\n${problemsOf(one)
        .slice(0, 10)
        .map((text) => `- ${text}`)
        .join('\n')}`,
  );
  return `# Guarantees

Written by \`npm run guarantees -- --write\`. A cluster with two instances of every service, three mongods, NATS and
Kafka, all real, on one machine; the wall clocks of the instances are from seconds to a year apart. Eight clients read,
write, edit, react and catch up all the while, and keep a ledger of what they were told. After each fault the ledger is
held against the database.

${machine.map(([name, value]) => `- ${name}: ${value}`).join('\n')}
- ${results.length} faults in ${minutes} minutes, ${results.reduce((sum, { requests }) => sum + requests, 0).toLocaleString('en-US')} requests

**${red.length === 0 ? 'Every promise held in every fault.' : `${red.length} of ${results.length} faults broke a promise: see below.`}**

| column | what holds |
| --- | --- |
| P8 | every answer is a success, or a 503 or 504 with Retry-After within its deadline; where the fault should pass unnoticed, only successes |
| P1 P5 P6 | acknowledged writes are stored once, refused ones never; rev and seq without a gap, createdAt increasing; documents and heads are what the log says |
| P2 | the history of each room is linearizable ([why that check proves it](decisions/0006-linearizable-by-revs.md)) |
| changes | a client that catches up from nothing has every message in its newest state |
| P7 | the same POST with the same key answers the stored message, as a replay |

${markdown(results.map((one) => cellsOf(one)))}

P3 and P4, at the end, with every event of all this in Kafka: \`npm run verify\` ${verify.ok ? 'found no difference between heads, messages, windows and the log' : 'found DIFFERENCES'}.

\`\`\`
${verify.text.trim()}
\`\`\`

P9 (costs) is held by \`test/room-log/queries.test.ts\` and \`test/room-log/costs.test.ts\`, P10 (who may do what) by
\`test/http\`'s walk of every route as everybody.
${details.length > 0 ? `\n## Red\n\n${details.join('\n\n')}\n` : ''}`;
}
