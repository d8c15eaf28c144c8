import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { Client, type Work } from '#tools/bench/load/client.ts';
import { Latencies } from '#tools/bench/load/latencies.ts';
import type { Load, Measured } from '#tools/bench/load/load.ts';

/** A thread of its own makes the load, so that nothing else of the bench takes its time. */

/** How long answers are waited for after the end. */
const LAST_ANSWERS_MS = 5_000;

async function run({ port, requests, expected, clients: count, ms, once }: Load): Promise<Measured> {
  const buffers = requests.map((one) => Buffer.from(one, 'latin1'));
  const latencies = new Latencies();
  const measured = { requests: 0, bytes: 0, errors: 0, reason: null as string | null };
  let sent = 0;
  let until = Number.POSITIVE_INFINITY;
  const fail = (reason: string) => {
    measured.errors += 1;
    measured.reason ??= reason;
  };
  const work: Work = {
    port,
    next() {
      if (once ? sent >= buffers.length : performance.now() >= until) return undefined;
      const request = buffers[sent % buffers.length];
      sent += 1;
      return request;
    },
    answered(took, status, bytes) {
      measured.requests += 1;
      measured.bytes += bytes;
      latencies.add(took);
      if (status !== expected) fail(`answered ${status}`);
    },
    failed: fail,
  };
  const clients = Array.from({ length: count }, () => new Client(work));
  await Promise.all(clients.map((one) => one.connect()));
  const started = performance.now();
  until = started + ms;
  const all = Promise.all(clients.map((one) => one.run()));
  const late = new AbortController();
  const cut = async () => {
    await sleep(ms + LAST_ANSWERS_MS, undefined, { signal: late.signal });
    fail('no answer in time');
    for (const one of clients) one.stop();
  };
  // Whoever comes first; the other one is told.
  await Promise.race([all, cut()]);
  const took = performance.now() - started;
  late.abort();
  return { ...measured, ms: took, p50: latencies.percentile(0.5), p99: latencies.percentile(0.99) };
}

parentPort!.on('message', (load: Load) => {
  void run(load).then((measured) => parentPort!.postMessage(measured, []));
});
