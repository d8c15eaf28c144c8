import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hangUp } from '#test/http/support/http.ts';
import { drill, type Result } from '#test/guarantees/drill.ts';
import { type Fault, faults } from '#test/guarantees/faults.ts';
import { line, page, problemsOf } from '#test/guarantees/report.ts';
import { openStage, type Stage } from '#test/guarantees/stage.ts';
import { runTool } from '#test/support/tool.ts';
import { loadBefore, machineOf } from '#tools/bench/machine.ts';

/** `npm run guarantees`: what is promised, put to the test by everything that goes wrong. */

const PAGE = resolve(import.meta.dirname, '../../docs/guarantees.md');
const USAGE = `Plays every fault on a cluster of its own, under load, and checks the promises after each.

  npm run guarantees -- [--minutes 30] [--only TEXT] [--write]
  npm run guarantees -- events [--changes 20000] [--rooms 100] [--away 30]

  events        the ledger of events alone: every change in the topic, in order, while all around it is killed

  --minutes N   the faults are played again and again for so long; each at least once
  --only TEXT   only the faults whose name contains TEXT
  --write       writes docs/guarantees.md
`;
/** Events are on their way, and windows are written at the latest after ten seconds. */
const SETTLE_MS = 15_000;

/** Results of the same fault as one. */
function merged(results: readonly Result[]): Result[] {
  return [...Map.groupBy(results, ({ fault }) => fault.name).values()].map((same) =>
    same.reduce((a, b) => ({
      fault: a.fault,
      done: a.done && b.done,
      requests: a.requests + b.requests,
      told: sum(a.told, b.told),
      noticedMs: Math.max(a.noticedMs, b.noticedMs),
      oldReads: a.oldReads + b.oldReads,
      problems: {
        answers: [...a.problems.answers, ...b.problems.answers],
        durable: [...a.problems.durable, ...b.problems.durable],
        linearizable: [...a.problems.linearizable, ...b.problems.linearizable],
        changes: [...a.problems.changes, ...b.problems.changes],
        repeats: [...a.problems.repeats, ...b.problems.repeats],
      },
    })),
  );
}

const sum = (a: Record<string, number>, b: Record<string, number>): Record<string, number> => {
  const all = { ...a };
  for (const [key, count] of Object.entries(b)) all[key] = (all[key] ?? 0) + count;
  return all;
};

async function play(stage: Stage, wanted: readonly Fault[], untilMs: number, signal: AbortSignal): Promise<Result[]> {
  const results: Result[] = [];
  let round = 0;
  do {
    for (const fault of wanted) {
      if (signal.aborted || (round > 0 && performance.now() > untilMs)) return results;
      const result = await drill(stage, fault, results.length);
      results.push(result);
      process.stderr.write(`${line(result)}\n`);
    }
    round += 1;
  } while (performance.now() < untilMs);
  return results;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '0' },
      only: { type: 'string', default: '' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
  const before = loadBefore();
  const begun = performance.now();
  const wanted = faults().filter(({ name }) => name.includes(values.only));
  const stage = await openStage({ events: true });
  try {
    const results = merged(await play(stage, wanted, begun + Number(values.minutes) * 60_000, stop.signal));
    await sleep(SETTLE_MS);
    const env = {
      MONGO_URI: stage.replicaSet.uri,
      KAFKA_ENABLED: 'true',
      KAFKA_BOOTSTRAP: stage.cluster.kafkaBootstrap,
    };
    const verify = await runTool('verify', [], tmpdir(), env);
    const minutes = Math.round((performance.now() - begun) / 60_000);
    const red = results.filter((one) => problemsOf(one).length > 0);
    const machine = machineOf('6.0', before, 'replica set of three');
    const verified = { ok: verify.code === 0, text: verify.stdout };
    if (values.write) writeFileSync(PAGE, page({ results, machine, minutes, verify: verified }));
    process.stdout.write(`${verify.stdout}${verify.code === 0 ? '' : verify.stderr}\n`);
    process.stdout.write(`${results.length - red.length} of ${results.length} faults: all promises held\n`);
    return red.length === 0 && verify.code === 0 ? 0 : 1;
  } finally {
    hangUp();
    await stage.stop();
  }
}

const [form, ...rest] = process.argv.slice(2);
if (form === 'events') await import('#test/guarantees/events/main.ts');
else process.exitCode = await main(form === undefined ? [] : [form, ...rest]);
