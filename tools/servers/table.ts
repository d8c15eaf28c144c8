import type { Config } from '#shared/config.ts';
import type { DataFolder } from '#tools/mongod/data-folder.ts';
import { findMongod } from '#tools/mongod/find.ts';
import { uriOf } from '#tools/mongod/replica-set.ts';
import { mongodIn } from '#tools/mongod/supervise.ts';
import type { Found } from '#tools/servers/find.ts';
import { findKafka } from '#tools/servers/kafka/find.ts';
import { kafkaBootstrapOf } from '#tools/servers/kafka/launch.ts';
import { kafkaIn } from '#tools/servers/kafka/runnable.ts';
import { findNatsServer } from '#tools/servers/nats/find.ts';
import { natsUrlOf } from '#tools/servers/nats/launch.ts';
import { natsIn } from '#tools/servers/nats/runnable.ts';
import type { Runnable } from '#tools/servers/supervise.ts';

/** A kind of server that the cluster needs and this repository can run on this machine. */
export interface Server {
  name: ServerName;
  /** The variable that names one which runs elsewhere: then none is run here. */
  variable: 'MONGO_URI' | 'NATS_URL' | 'KAFKA_BOOTSTRAP';
  /** False when the configuration does without it. */
  wanted(config: Config): boolean;
  /** That variable's value; empty when it is not set. */
  given(config: Config): string;
  /** How programs connect to the one on `port` of this machine. */
  address(port: number): string;
  /** True when it can be told on which port to run. */
  takesPort: boolean;
  /** Finds its binary, and gets it if `mayFetch`. Throws ConfigError with one line that says what to do. */
  find(config: Config, mayFetch: boolean): Promise<Found>;
  in(folder: DataFolder, config: Config, port: number | undefined): Runnable;
}

export type ServerName = 'mongod' | 'nats-server' | 'kafka';

/** In the order in which they are stopped: what others need comes last. */
export const SERVERS: readonly Server[] = [
  {
    name: 'kafka',
    variable: 'KAFKA_BOOTSTRAP',
    wanted: ({ kafkaEnabled }) => kafkaEnabled,
    given: ({ kafkaBootstrap }) => kafkaBootstrap.join(','),
    address: kafkaBootstrapOf,
    takesPort: true,
    find: ({ kafkaHome }, mayFetch) => findKafka({ kafkaHome, mayFetch }),
    in: (folder, { kafkaHome }, port) => kafkaIn(folder, kafkaHome, port),
  },
  {
    name: 'nats-server',
    variable: 'NATS_URL',
    wanted: () => true,
    given: ({ natsUrl }) => natsUrl,
    address: natsUrlOf,
    takesPort: true,
    find: (_config, mayFetch) => findNatsServer({ mayFetch }),
    in: (folder, _config, port) => natsIn(folder, port),
  },
  {
    name: 'mongod',
    variable: 'MONGO_URI',
    wanted: () => true,
    given: ({ mongoUri }) => mongoUri,
    address: uriOf,
    // Its port stands in the replica set's configuration as well, so it keeps the one that it was first started on.
    takesPort: false,
    find: ({ mongodBin }, mayFetch) => findMongod({ mongodBin, mayFetch }),
    in: (folder, { mongodBin }) => mongodIn(folder, mongodBin),
  },
];

/** Those that the configuration does not do without. */
export const serversFor = (config: Config): Server[] => SERVERS.filter((server) => server.wanted(config));
