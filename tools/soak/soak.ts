import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '#shared/config.ts';
import { loadBefore, machineOf } from '#tools/bench/machine.ts';
import { aimLines } from '#tools/bench/report.ts';
import { startOurs } from '#tools/bench/contestants/ours.ts';
import { Cluster } from '#tools/cluster/cluster.ts';
import { Output } from '#tools/cluster/output.ts';
import { serviceNames } from '#tools/cluster/service-names.ts';
import { freePort } from '#tools/mongod/port.ts';
import { clusterConfig } from '#tools/servers/config.ts';
import { type Counts, SoakLoad } from '#tools/soak/load.ts';
import { optionsOf, USAGE, type Options } from '#tools/soak/options.ts';
import { countsLine, memoryAims, ONE, page, problemsOf, table, type Series } from '#tools/soak/report.ts';
import { sampleOf, type Sample, type Watched } from '#tools/soak/sample.ts';

/** `npm run soak`: does anything grow that should not? */

const PAGE = resolve(import.meta.dirname, '../../docs/soak.md');
const MINUTE_MS = 60_000;
/** Two of all that may have two: what is spread, and what crosses NATS, is part of the question. */
const TWO = 2;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** The loads of both shapes, as one. */
const countsOf = (loads: readonly SoakLoad[]): Counts => {
  const all: Counts = {};
  for (const { counts } of loads)
    for (const [status, count] of Object.entries(counts)) all[status] = (all[status] ?? 0) + count;
  return all;
};

/** Samples of every process, one a minute, until the load has lasted. */
async function watch(
  watched: () => Watched[],
  loads: readonly SoakLoad[],
  minutes: number,
  signal: AbortSignal,
): Promise<Series[]> {
  const samples = new Map<string, Sample[]>();
  for (let minute = 1; minute <= minutes; minute += 1) {
    await sleep(MINUTE_MS, undefined, { signal });
    for (const one of watched()) samples.set(one.nodeId, [...(samples.get(one.nodeId) ?? []), await sampleOf(one)]);
    say(`minute ${minute} of ${minutes}: ${countsLine(countsOf(loads))}`);
  }
  return [...samples].map(([nodeId, of]) => ({ nodeId, samples: of }));
}

function report(
  series: readonly Series[],
  counts: Counts,
  cluster: Cluster,
  before: number,
  { minutes, clients, write }: Options,
): number {
  const restarted = (cluster.state?.processes ?? []).filter(({ restarts }) => restarts > 0);
  const bad = Object.entries(counts).filter(([status]) => status !== '200');
  const problems = [
    ...series.flatMap((one) => problemsOf(one)),
    ...restarted.map(({ nodeId, restarts }) => `${nodeId} was started again ${restarts} times`),
    ...bad.map(([status, count]) => `${count} requests ended with ${status}`),
  ];
  process.stdout.write(`\n${table(series)}\n\n${aimLines(memoryAims(series))}\n\n`);
  process.stdout.write(`${countsLine(counts)}\n${problems.join('\n') || 'nothing grew'}\n`);
  const mongod = cluster.servers.find(({ name }) => name === 'mongod')?.origin ?? 'given';
  const machine = machineOf(mongod, before).map(([name, value]) => `${name}: ${value}`);
  const about = [...machine, `${minutes} minutes, ${clients} clients each`];
  if (write) writeFileSync(PAGE, page(series, counts, problems, about));
  return problems.length === 0 ? 0 : 1;
}

/** Starts a cluster and one process, with their data in a folder of their own, loads them, and stops all in any case. */
async function soak(options: Options, signal: AbortSignal): Promise<number> {
  const before = loadBefore();
  const folder = mkdtempSync(join(tmpdir(), 'truematch-soak-'));
  const undos: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    // Inherited by all; /metrics?collect=true needs it.
    process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --expose-gc`.trim();
    const logFile = resolve('soak.log');
    const log = createWriteStream(logFile);
    undos.push(() => log.end());
    const settings = { ...clusterConfig(), dataDir: folder, port: 0 };
    const cluster = new Cluster(settings, new Output(log));
    undos.push(() => cluster.stop());
    say(`starting a cluster and one process; the cluster's log is ${logFile}`);
    await cluster.start(Object.fromEntries(serviceNames().map((name) => [name, TWO])));
    const { mongoUri, processes } = cluster.state!;
    const healthPort = await freePort();
    const env = { HEALTH_PORT: String(healthPort), MEDIA_STORE: 'disk', MEDIA_DIR: join(folder, 'media-one') };
    const one = await startOurs(mongoUri, 'soak_one', undefined, { ...env, KAFKA_ENABLED: 'false' });
    undos.push(() => one.stop());
    const gateways = processes.flatMap(({ url }) => url ?? []);
    const loads = [gateways, [`http://127.0.0.1:${one.port}`]].map((urls) => new SoakLoad(urls, options.clients));
    undos.push(() => Promise.all(loads.map((load) => load.stop())));
    const watched = (): Watched[] => [
      { nodeId: ONE, pid: one.pids()[0]!, healthUrl: `http://127.0.0.1:${healthPort}` },
      ...(cluster.state?.processes ?? []).flatMap(({ nodeId, id, healthUrl }) =>
        id ? [{ nodeId, pid: id.pid, healthUrl }] : [],
      ),
    ];
    const series = await watch(watched, loads, options.minutes, signal);
    return report(series, countsOf(loads), cluster, before, options);
  } finally {
    for (const undo of undos.reverse()) await undo();
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
