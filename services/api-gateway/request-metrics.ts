import { Histogram } from 'prom-client';
import { PREFIX, SECONDS } from '#shared/health/metrics.ts';

/** Counts an answer: the route's path template (not the path, which names rooms and people), method, status, duration. */
export type Observe = (method: string, route: string, status: number, ms: number) => void;

let requestSeconds: Histogram<'method' | 'route' | 'status'> | undefined;

/** Counts and times answers by route; made when the process has a health port to tell of it. */
export function requestMetrics(): Observe {
  requestSeconds ??= new Histogram({
    name: `${PREFIX}http_request_duration_seconds`,
    help: 'Time from a request to its answer, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
  });
  const histogram = requestSeconds;
  // The look-up of labels costs more than the counting.
  const children = new Map<string, ReturnType<typeof histogram.labels>>();
  return (method, route, status, ms) => {
    const key = `${method} ${status} ${route}`;
    let child = children.get(key);
    if (!child) {
      child = histogram.labels(method, route, String(status));
      children.set(key, child);
    }
    child.observe(ms / 1_000);
  };
}
