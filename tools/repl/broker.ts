import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '#shared/broker.ts';
import { type Config, ConfigError } from '#shared/config.ts';
import { callBudget } from '#tools/repl/call-budget.ts';
import { COMMANDS } from '#tools/repl/commands/index.ts';
import type { NatsAddress } from '#tools/repl/nats-of-cluster.ts';
import { withoutPassword } from '#tools/start/database.ts';

/** A server on this machine answers in milliseconds, one far away within this. */
const CONNECT_MS = 5_000;
/** Every node tells what it has as soon as it hears of a new one. */
const SERVICES_MS = 2_000;
const POLL_MS = 50;

/** The broker of the prompt: the options of every process of the cluster, without services and without a health port. */
export function replBroker(settings: Config): ServiceBroker {
  const options = brokerOptions({
    ...settings,
    // As Moleculer makes names: two prompts, on two machines, must not have the same.
    nodeId: `repl-${hostname().toLowerCase()}-${process.pid}`,
    healthPort: null,
    // The lines would stand in the middle of what is typed.
    logLevel: settings.logLevel === 'info' ? 'warn' : settings.logLevel,
  });
  return new ServiceBroker({
    ...options,
    middlewares: [...(options.middlewares ?? []), callBudget],
    replOptions: { delimiter: 'truematch $', customCommands: COMMANDS },
  });
}

/** The other nodes that are online and have services, by name. */
export function nodesWithServices({ registry, nodeID: own }: ServiceBroker): string[] {
  const services = registry.getServiceList({ onlyAvailable: true, skipInternal: true });
  const nodes = new Set(services.flatMap(({ nodeID }) => (nodeID && nodeID !== own ? [nodeID] : [])));
  return [...nodes].sort();
}

/**
 * Resolves once the broker is a node of a cluster and knows services of it.
 * Throws ConfigError, one line, when nothing answers at the address, or no service is there.
 */
export async function joinCluster(broker: ServiceBroker, { url, from }: NatsAddress): Promise<void> {
  const where = `${from === 'NATS_URL' ? 'NATS_URL=' : `${from}: `}${withoutPassword(url)}`;
  // It would wait for ever, as services do that are started before their server.
  const connected = await Promise.race([broker.start().then(() => true), sleep(CONNECT_MS, false)]);
  if (!connected) throw new ConfigError(`${where}: no NATS server answers there; npm run cluster starts one`);
  const end = performance.now() + SERVICES_MS;
  while (nodesWithServices(broker).length === 0) {
    if (performance.now() > end)
      throw new ConfigError(`${where}: NATS answers, but no service is there; npm run cluster starts them`);
    await sleep(POLL_MS);
  }
}
