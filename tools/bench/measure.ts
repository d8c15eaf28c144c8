import type { Contestant } from '#tools/bench/contestants/contestant.ts';
import type { Load, LoadGenerator } from '#tools/bench/load/load.ts';
import type { Options } from '#tools/bench/options.ts';
import { processStats } from '#tools/bench/process-stats.ts';
import { CLIENTS, type Scenario } from '#tools/bench/scenarios.ts';

/** One line of the table: the medians of a program's runs. */
export interface Row {
  scenario: Scenario['id'];
  what: string;
  who: Contestant['name'];
  perSecond: number;
  /** Lowest and highest run. */
  range: [number, number];
  p50: number;
  p99: number;
  errors: number;
  reason: string | null;
  /** Of the measured process and of mongod; null where it cannot be known. */
  cpuUs: number | null;
  mongodUs: number | null;
  /** Resident MiB after the last run, of all processes and of the largest. */
  rss: number | null;
  largestRss: number | null;
  /** kB of body an answer. */
  bodyKb: number;
}

export interface Sample {
  perSecond: number;
  p50: number;
  p99: number;
  errors: number;
  reason: string | null;
  cpuUs: number | null;
  mongodUs: number | null;
  rss: number | null;
  largestRss: number | null;
  bodyKb: number;
}

/** When each request is sent once: they are given up after so long. */
const ONCE_LIMIT_MS = 60_000;

const MIB = 1024 * 1024;

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** The list from its item `by` on (counted round and round), and then what stood before. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

const medianOf = (samples: Sample[], of: (sample: Sample) => number | null): number | null => {
  const known = samples.map(of).filter((one) => one !== null);
  return known.length === 0 ? null : median(known);
};

/** Measures a scenario: each program warms up, then all take turns, so that what the machine does meets all alike. */
export class Measure {
  readonly #generator: LoadGenerator;
  readonly #mongodPid: () => number;
  readonly #options: Options;
  /** By scenario and program: each run goes on where the last one ended. */
  readonly #sent = new Map<string, number>();

  constructor(generator: LoadGenerator, mongodPid: () => number, options: Options) {
    this.#generator = generator;
    this.#mongodPid = mongodPid;
    this.#options = options;
  }

  async rows(scenario: Scenario, contestants: readonly Contestant[], signal: AbortSignal): Promise<Row[]> {
    const { runs, runMs } = this.#options;
    const taking = contestants.filter((one) => scenario.requests[one.name]);
    const samples = new Map<Contestant, Sample[]>(taking.map((one) => [one, []]));
    for (const one of taking) await this.warmUp(scenario, one, signal);
    for (let run = 0; run < runs; run++)
      for (const [one, ofOne] of samples) ofOne.push(await this.#sample(scenario, one, { ms: runMs }, signal));
    return [...samples].map(([one, ofOne]) => rowOf(scenario, one.name, ofOne));
  }

  async warmUp(scenario: Scenario, contestant: Contestant, signal: AbortSignal): Promise<void> {
    await this.#sample(scenario, contestant, { ms: this.#options.warmUpMs }, signal);
  }

  /** Sends each request once. */
  once(scenario: Scenario, contestant: Contestant, signal: AbortSignal): Promise<Sample> {
    return this.#sample(scenario, contestant, { ms: ONCE_LIMIT_MS, once: true }, signal);
  }

  async #sample(
    scenario: Scenario,
    contestant: Contestant,
    howLong: Pick<Load, 'ms' | 'once'>,
    signal: AbortSignal,
  ): Promise<Sample> {
    signal.throwIfAborted();
    const place = `${scenario.id} ${contestant.name}`;
    const sent = this.#sent.get(place) ?? 0;
    const stats = () => [processStats(contestant.pids()), processStats([this.#mongodPid()])] as const;
    const [before, mongodBefore] = stats();
    const measured = await this.#generator.run({
      port: contestant.port,
      requests: rotated(scenario.requests[contestant.name]!, sent),
      expected: scenario.expected,
      clients: CLIENTS,
      ...howLong,
    });
    const [after, mongodAfter] = stats();
    const count = Math.max(1, measured.requests);
    this.#sent.set(place, sent + measured.requests);
    return {
      perSecond: measured.requests / (measured.ms / 1_000),
      p50: measured.p50,
      p99: measured.p99,
      errors: measured.errors,
      reason: measured.reason,
      cpuUs: before && after ? (after.cpuUs - before.cpuUs) / count : null,
      mongodUs: mongodBefore && mongodAfter ? (mongodAfter.cpuUs - mongodBefore.cpuUs) / count : null,
      rss: after ? after.rss / MIB : null,
      largestRss: after ? Math.max(...contestant.pids().map((pid) => processStats([pid])?.rss ?? 0)) / MIB : null,
      bodyKb: measured.bytes / count / 1_000,
    };
  }
}

/** The medians of a program's runs. */
export function rowOf(scenario: Scenario, who: Contestant['name'], samples: Sample[]): Row {
  const rates = samples.map((one) => one.perSecond);
  return {
    scenario: scenario.id,
    what: scenario.name,
    who,
    perSecond: median(rates),
    range: [Math.min(...rates), Math.max(...rates)],
    p50: median(samples.map((one) => one.p50)),
    p99: median(samples.map((one) => one.p99)),
    errors: samples.reduce((sum, one) => sum + one.errors, 0),
    reason: samples.find((one) => one.reason !== null)?.reason ?? null,
    cpuUs: medianOf(samples, (one) => one.cpuUs),
    mongodUs: medianOf(samples, (one) => one.mongodUs),
    rss: samples.at(-1)?.rss ?? null,
    largestRss: samples.at(-1)?.largestRss ?? null,
    bodyKb: median(samples.map((one) => one.bodyKb)),
  };
}
