import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '#shared/config.ts';
import { aimsOf, type Figures } from '#tools/bench/aims.ts';
import { CHANGING, measureChanging } from '#tools/bench/changing.ts';
import { measureCold } from '#tools/bench/cold.ts';
import { isBusy, loadBefore, machineOf } from '#tools/bench/machine.ts';
import { Measure, type Row } from '#tools/bench/measure.ts';
import { optionsOf, USAGE, type Options } from '#tools/bench/options.ts';
import { uploads } from '#tools/bench/pictures.ts';
import { aimLines, changingTable, page, table } from '#tools/bench/report.ts';
import { CLIENTS, scenarios } from '#tools/bench/scenarios.ts';
import { setUp, type Stage } from '#tools/bench/stage.ts';

/** `npm run bench`: what this program takes, beside bare node:http and a plain Express program. */

const PAGE = resolve(import.meta.dirname, '../../docs/benchmarks.md');

async function measure(stage: Stage, options: Options, signal: AbortSignal): Promise<Figures> {
  const { generator, mongod, contestants, etag } = stage;
  const measuring = new Measure(generator, () => mongod.pid, options);
  const cold = await measureCold(stage, measuring, options, signal);
  const wanted = scenarios(etag, await uploads()).filter(({ name }) => name.includes(options.only));
  const rows: Row[] = [];
  for (const scenario of wanted) {
    process.stderr.write(`${scenario.name}\n`);
    rows.push(...(await measuring.rows(scenario, contestants, signal)));
  }
  let changing: Figures['changing'] = [];
  if (CHANGING.includes(options.only)) {
    process.stderr.write(`${CHANGING}\n`);
    changing = await measureChanging(stage, options.runMs * 2, signal);
  }
  return { rows: [...rows, ...cold.rows], changing, readyMs: cold.readyMs };
}

function report(figures: Figures, { mongod }: Stage, load: number, { write, runs, runMs, freshRuns }: Options): void {
  const aims = aimsOf(figures);
  const machine = machineOf(mongod.origin, load);
  const settings = `${CLIENTS} clients, ${runs} runs of ${runMs / 1_000} s each after a warm-up; cold rooms: ${freshRuns} runs.`;
  process.stdout.write(
    `\n${machine.map(([name, value]) => `${name!.padEnd(8)} ${value}`).join('\n')}\n${settings}\n\n`,
  );
  const tables = [
    figures.rows.length > 0 ? table(figures.rows) : '',
    figures.changing.length > 0 ? `${CHANGING}\n${changingTable(figures.changing)}` : '',
    aimLines(aims),
  ];
  process.stdout.write(`${tables.filter(Boolean).join('\n\n')}\n`);
  if (!write) return;
  writeFileSync(PAGE, page(figures, aims, machine, settings));
  process.stdout.write('\nWritten to docs/benchmarks.md\n');
}

/** Sets up, measures, reports; undoes all of it in any case. */
async function bench(options: Options, signal: AbortSignal): Promise<void> {
  const load = loadBefore();
  if (isBusy(load)) process.stderr.write(`The machine is busy (load ${load.toFixed(1)}): the figures will say so.\n`);
  const undos: (() => Promise<void>)[] = [];
  try {
    const stage = await setUp(options.profile, (undo) => undos.push(undo));
    report(await measure(stage, options, signal), stage, load, options);
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

async function main(args: string[]): Promise<number> {
  const stop = new AbortController();
  // npm hands on a Ctrl-C that the terminal has sent already: the second one means nothing.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
  try {
    const options = optionsOf(args);
    if (options.help) process.stdout.write(USAGE);
    else await bench(options, stop.signal);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    const usage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    if (!usage && !(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n${usage ? USAGE : ''}`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
