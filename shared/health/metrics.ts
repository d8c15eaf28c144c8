import type { Middleware } from 'moleculer';
import { collectDefaultMetrics, Counter, Gauge, Histogram } from 'prom-client';
import { isFault } from '#shared/errors.ts';

/** Names begin with this, so that they stand together among those of other programs. */
export const PREFIX = 'truematch_';

/** Buckets of durations, in s; from a cached head to the longest deadline. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const actionSeconds = new Histogram({
  name: `${PREFIX}action_duration_seconds`,
  help: 'Duration of actions that ran in this process, by outcome: ok, or the error code.',
  labelNames: ['action', 'outcome'],
  buckets: SECONDS,
});

const outcomeOf = (error: unknown): string => {
  if (isFault(error)) return error.type;
  return error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : 'error';
};

/** Counts and times every action that runs here. About a microsecond a call. */
export const actionMetrics: Middleware = {
  name: 'ActionMetrics',
  localAction(next, action) {
    const name = action.name!;
    const ok = actionSeconds.labels(name, 'ok');
    return async function measured(ctx) {
      const start = performance.now();
      try {
        const result: unknown = await next.call(this, ctx);
        ok.observe((performance.now() - start) / 1_000);
        return result;
      } catch (error) {
        actionSeconds.labels(name, outcomeOf(error)).observe((performance.now() - start) / 1_000);
        throw error;
      }
    };
  },
};

/** Event-loop delay, heap, CPU, handles of the process. */
export function collectProcessMetrics(): void {
  collectDefaultMetrics({ prefix: PREFIX });
}

/** Values that are kept elsewhere and read when somebody asks; `read` answers them by label value. */
export function exposeCounters(name: string, help: string, label: string, read: () => Record<string, number>): void {
  const counter = new Counter({
    name: `${PREFIX}${name}`,
    help,
    labelNames: [label],
    collect() {
      this.reset();
      for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count);
    },
  });
  void counter;
}

export function exposeGauge(name: string, help: string, read: () => number): void {
  const gauge = new Gauge({
    name: `${PREFIX}${name}`,
    help,
    collect() {
      this.set(read());
    },
  });
  void gauge;
}

/** As `exposeGauge`, by label value. */
export function exposeGauges(name: string, help: string, label: string, read: () => Record<string, number>): void {
  const gauge = new Gauge({
    name: `${PREFIX}${name}`,
    help,
    labelNames: [label],
    collect() {
      this.reset();
      for (const [value, count] of Object.entries(read())) this.set({ [label]: value }, count);
    },
  });
  void gauge;
}
