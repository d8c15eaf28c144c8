import { resolve } from 'node:path';
import { startCluster, type TestCluster } from '#test/support/cluster.ts';
import { startNats, type TestNats } from '#test/support/nats-server.ts';
import { startProxy, type Proxy } from '#test/support/proxy.ts';
import { startReplicaSet, type ReplicaSet } from '#test/guarantees/replica-set.ts';
import { serviceNames } from '#tools/cluster/service-names.ts';

/** What every drill plays on: two instances of every service, three mongods, NATS and Kafka. */
export interface Stage {
  cluster: TestCluster;
  replicaSet: ReplicaSet;
  nats: TestNats;
  /** Between the services and NATS. */
  natsProxy: Proxy;
  stop(): Promise<void>;
}

const SKEW = resolve(import.meta.dirname, 'skewed-clock.mjs');

/** Starts all of it; the instances' wall clocks are seconds to a year apart. `events`: with Kafka. */
export async function openStage({ events }: { events: boolean }): Promise<Stage> {
  const [replicaSet, nats] = await Promise.all([startReplicaSet(), startNats()]);
  const natsProxy = await startProxy(nats.port);
  const cluster = await startCluster({
    instances: Object.fromEntries(serviceNames().map((name) => [name, 2])),
    events,
    env: {
      MONGO_URI: replicaSet.uri,
      NATS_URL: `nats://127.0.0.1:${natsProxy.port}`,
      NODE_OPTIONS: `--import=${SKEW}`,
    },
  });
  return {
    cluster,
    replicaSet,
    nats,
    natsProxy,
    async stop() {
      await cluster.stop();
      await natsProxy.close();
      await Promise.all([replicaSet.stop(), nats.stop()]);
    },
  };
}
