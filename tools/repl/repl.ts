import { config, ConfigError } from '#shared/config.ts';
import { describeError } from '#shared/logger.ts';
import { joinCluster, nodesWithServices, replBroker } from '#tools/repl/broker.ts';
import { natsOf } from '#tools/repl/nats-of-cluster.ts';
import { withoutPassword } from '#tools/start/database.ts';

/** `npm run repl`: a prompt that is a node of the running cluster. */

/** A broker without a connection cannot say goodbye. */
const LEAVE_MS = 2_000;

async function main(): Promise<void> {
  const settings = config();
  const nats = natsOf(settings);
  const broker = replBroker({ ...settings, natsUrl: nats.url });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => {
      setTimeout(() => process.exit(0), LEAVE_MS);
      void broker.stop().finally(() => process.exit(0));
    });
  await joinCluster(broker, nats);
  process.stdout.write(
    `Joined ${withoutPassword(nats.url)} (${nats.from}) as ${broker.nodeID}, beside ${nodesWithServices(broker).join(', ')}.\n` +
      'help lists the commands; exit, or Ctrl-D, leaves the cluster.\n\n',
  );
  broker.repl();
}

try {
  await main();
} catch (error) {
  const text = error instanceof ConfigError ? error.message : describeError(error).stack;
  process.stderr.write(`repl: ${text}\n`);
  process.exit(1);
}
