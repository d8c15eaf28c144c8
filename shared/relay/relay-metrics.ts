import { exposeCounters, exposeGauges } from '#shared/health/metrics.ts';
import type { Relay } from '#shared/relay/relay.ts';

/** The relays of this process; two services may each have one of the same name. */
const open = new Set<Relay>();
let exposed = false;

/** Makes a relay's counters and lag part of the process's metrics; answers what takes them out again. */
export function exposeRelay(relay: Relay): () => void {
  open.add(relay);
  if (!exposed) expose();
  exposed = true;
  return () => void open.delete(relay);
}

function byName(read: (relay: Relay) => Record<string, number>, merge: (a: number, b: number) => number) {
  const values: Record<string, number> = {};
  for (const relay of open)
    for (const [name, value] of Object.entries(read(relay))) values[name] = merge(values[name] ?? 0, value);
  return values;
}

const sum = (a: number, b: number) => a + b;

function expose(): void {
  exposeCounters(
    'relay_total',
    'What the relays to Kafka did, as relay:what: events sent, references (refused as too large), backfilled (sent from what is stored), lostPlaces, failures.',
    'what',
    () =>
      byName(
        ({ name, stats }) =>
          Object.fromEntries(Object.entries(stats).map(([what, count]) => [`${name}:${what}`, Number(count)])),
        sum,
      ),
  );
  exposeGauges(
    'relay_lag_seconds',
    'How long what is to be sent to Kafka has been waiting; 0 in a process that is not the one that sends.',
    'relay',
    () => byName(({ name, lagMs }) => ({ [name]: lagMs / 1_000 }), Math.max),
  );
  exposeGauges('relay_leading', '1 in the process that sends.', 'relay', () =>
    byName(({ name, leading }) => ({ [name]: Number(leading) }), Math.max),
  );
}
