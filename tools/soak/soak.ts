import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '#shared/config.ts';
import { loadBefore, machineOf } from '#tools/bench/machine.ts';
import { Cluster } from '#tools/cluster/cluster.ts';
import { Output } from '#tools/cluster/output.ts';
import { serviceNames } from '#tools/cluster/service-names.ts';
import { clusterConfig } from '#tools/servers/config.ts';
import { SoakLoad } from '#tools/soak/load.ts';
import { optionsOf, USAGE, type Options } from '#tools/soak/options.ts';
import { countsLine, page, problemsOf, table, type Series } from '#tools/soak/report.ts';
import { sampleOf, type Sample } from '#tools/soak/sample.ts';

/** `npm run soak`: does anything grow that should not? */

const PAGE = resolve(import.meta.dirname, '../../docs/soak.md');
const MINUTE_MS = 60_000;
/** Two of all that may have two: what is spread, and what crosses NATS, is part of the question. */
const TWO = 2;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Samples of every process, one a minute, until the load has lasted. */
async function watch(cluster: Cluster, load: SoakLoad, options: Options, signal: AbortSignal): Promise<Series[]> {
  const samples = new Map<string, Sample[]>();
  for (let minute = 1; minute <= options.minutes; minute += 1) {
    await sleep(MINUTE_MS, undefined, { signal });
    for (const { nodeId, healthUrl } of cluster.state?.processes ?? [])
      samples.set(nodeId, [...(samples.get(nodeId) ?? []), await sampleOf(healthUrl)]);
    say(`minute ${minute} of ${options.minutes}: ${countsLine(load.counts)}`);
  }
  return [...samples].map(([nodeId, of]) => ({ nodeId, samples: of }));
}

function report(series: readonly Series[], load: SoakLoad, cluster: Cluster, before: number, options: Options): number {
  const restarted = (cluster.state?.processes ?? []).filter(({ restarts }) => restarts > 0);
  const bad = Object.entries(load.counts).filter(([status]) => status !== '200');
  const problems = [
    ...series.flatMap((one) => problemsOf(one)),
    ...restarted.map(({ nodeId, restarts }) => `${nodeId} was started again ${restarts} times`),
    ...bad.map(([status, count]) => `${count} requests ended with ${status}`),
  ];
  const { minutes, clients, write } = options;
  process.stdout.write(`\n${table(series)}\n\n${countsLine(load.counts)}\n${problems.join('\n') || 'nothing grew'}\n`);
  const mongod = cluster.servers.find(({ name }) => name === 'mongod')?.origin ?? 'given';
  const machine = machineOf(mongod, before).map(([name, value]) => `${name}: ${value}`);
  const about = [...machine, `${minutes} minutes, ${clients} clients`];
  if (write) writeFileSync(PAGE, page(series, load.counts, problems, about));
  return problems.length === 0 ? 0 : 1;
}

/** Starts a cluster with its data in a folder of its own, loads it, and stops it in any case. */
async function soak(options: Options, signal: AbortSignal): Promise<number> {
  const before = loadBefore();
  const folder = mkdtempSync(join(tmpdir(), 'truematch-soak-'));
  // Inherited by the services; /metrics?collect=true needs it.
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --expose-gc`.trim();
  const logFile = resolve('soak.log');
  const log = createWriteStream(logFile);
  const settings = { ...clusterConfig(), dataDir: folder, port: 0 };
  const cluster = new Cluster(settings, new Output(log));
  say(`starting a cluster; its log is ${logFile}`);
  try {
    await cluster.start(Object.fromEntries(serviceNames().map((name) => [name, TWO])));
    const gateways = (cluster.state?.processes ?? []).flatMap(({ url }) => url ?? []);
    const load = new SoakLoad(gateways, options.clients);
    try {
      return report(await watch(cluster, load, options, signal), load, cluster, before, options);
    } finally {
      await load.stop();
    }
  } finally {
    await cluster.stop();
    log.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(args: string[]): Promise<number> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
  try {
    const options = optionsOf(args);
    if (!options.help) return await soak(options, stop.signal);
    process.stdout.write(USAGE);
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
