import { setTimeout as sleep } from 'node:timers/promises';
import { signal } from '#tools/mongod/process-id.ts';
import { serviceNames } from '#tools/cluster/service-names.ts';
import { ON_SMALL_DISK } from '#test/guarantees/replica-set.ts';
import type { Stage } from '#test/guarantees/stage.ts';

/**
 * Which failures clients may see meanwhile: `none`; `writes`, a 503 or 504 to a write, within its deadline; `told`, the
 * same to any request; `lost`, connections to a gateway that was killed, besides.
 */
export type Allowed = 'none' | 'writes' | 'told' | 'lost';

/** Something that goes wrong, and is put right again. */
export interface Fault {
  name: string;
  /** What was done, for people. */
  what: string;
  allowed: Allowed;
  /** True where an old primary may answer old data until it steps down (docs/design.md, P2). */
  oldReads?: boolean;
  /** Resolves once all is put right; false when it can't be done on this machine. */
  happen(stage: Stage): Promise<boolean | void>;
}

/** How long a process or server is away, in ms: long enough that everybody notices, and for an election. */
const AWAY_MS = 8_000;
/** A frozen process is noticed by time-outs and heart beats; a gateway has nobody before it who would. */
const FROZEN_MS = 6_000;

/** Only these answer what the load asks. */
const ANSWERING = new Set(['api-gateway', 'groups', 'messages', 'dm']);

const allowedFor = (service: string): Allowed => {
  if (service === 'api-gateway') return 'lost';
  return ANSWERING.has(service) ? 'told' : 'none';
};

function processFaults(): Fault[] {
  const instances = serviceNames().flatMap((service) => [1, 2].map((instance) => ({ service, instance })));
  return [
    ...instances.map(({ service, instance }): Fault => ({
      name: `SIGKILL ${service}-${instance}`,
      what: 'killed; the cluster tool starts it again',
      allowed:
        service === 'groups' ? 'none' : service === 'messages' || service === 'dm' ? 'writes' : allowedFor(service),
      happen: async ({ cluster }) => void (await cluster.restart(service, instance, 'SIGKILL')),
    })),
    ...instances.map(({ service, instance }): Fault => ({
      name: `SIGSTOP ${service}-${instance}`,
      what: `frozen for ${FROZEN_MS / 1_000} s`,
      allowed: allowedFor(service),
      async happen({ cluster }) {
        cluster.kill(service, instance, 'SIGSTOP');
        await sleep(FROZEN_MS);
        cluster.kill(service, instance, 'SIGCONT');
      },
    })),
  ];
}

async function serverAway(go: () => unknown, back: () => unknown): Promise<void> {
  await go();
  await sleep(AWAY_MS);
  await back();
}

const mongoFaults: Fault[] = [
  {
    name: 'SIGKILL primary',
    what: `the primary killed, started again after ${AWAY_MS / 1_000} s`,
    allowed: 'told',
    async happen({ replicaSet }) {
      const primary = await replicaSet.primary();
      await serverAway(
        () => replicaSet.signal(primary, 'SIGKILL'),
        () => replicaSet.restart(primary),
      );
    },
  },
  {
    name: 'SIGSTOP primary',
    what: `the primary frozen for ${AWAY_MS / 1_000} s`,
    allowed: 'told',
    oldReads: true,
    async happen({ replicaSet }) {
      const primary = await replicaSet.primary();
      await serverAway(
        () => replicaSet.signal(primary, 'SIGSTOP'),
        () => replicaSet.signal(primary, 'SIGCONT'),
      );
      await replicaSet.primary();
    },
  },
  {
    name: 'SIGKILL secondary',
    what: `a secondary killed, started again after ${AWAY_MS / 1_000} s`,
    allowed: 'none',
    async happen({ replicaSet }) {
      const secondary = await replicaSet.secondary();
      await serverAway(
        () => replicaSet.signal(secondary, 'SIGKILL'),
        () => replicaSet.restart(secondary),
      );
    },
  },
  {
    name: 'SIGSTOP secondary',
    what: `a secondary frozen for ${AWAY_MS / 1_000} s`,
    allowed: 'told',
    async happen({ replicaSet }) {
      const secondary = await replicaSet.secondary();
      await serverAway(
        () => replicaSet.signal(secondary, 'SIGSTOP'),
        () => replicaSet.signal(secondary, 'SIGCONT'),
      );
    },
  },
  {
    name: 'primary cut off',
    what: 'the primary cut off from the others for 12 s, clients reach all three',
    allowed: 'told',
    oldReads: true,
    async happen({ replicaSet }) {
      replicaSet.isolate(await replicaSet.primary());
      await sleep(12_000);
      replicaSet.heal();
      await replicaSet.primary();
    },
  },
  {
    name: 'disk full',
    what: 'the disk of a mongod full for 15 s, then emptied and the mongod started again',
    allowed: 'told',
    async happen({ replicaSet }) {
      if (!replicaSet.fillDisk()) return false;
      await sleep(15_000);
      replicaSet.emptyDisk();
      await replicaSet.restart(ON_SMALL_DISK);
      return true;
    },
  },
  {
    name: 'sockets to MongoDB cut',
    what: 'every connection to every mongod reset, five times within 5 s',
    allowed: 'told',
    async happen({ replicaSet }) {
      for (let times = 0; times < 5; times += 1) {
        replicaSet.cut();
        await sleep(1_000);
      }
      await replicaSet.primary();
    },
  },
];

const transportFaults: Fault[] = [
  {
    name: 'SIGKILL nats-server',
    what: `killed, started again after ${AWAY_MS / 1_000} s`,
    allowed: 'told',
    async happen({ nats }) {
      await serverAway(
        () => nats.signal('SIGKILL'),
        () => nats.start(),
      );
    },
  },
  {
    name: 'SIGSTOP nats-server',
    what: `frozen for ${AWAY_MS / 1_000} s`,
    allowed: 'told',
    async happen({ nats }) {
      await serverAway(
        () => nats.signal('SIGSTOP'),
        () => nats.signal('SIGCONT'),
      );
    },
  },
  {
    name: 'sockets to NATS cut',
    what: 'every connection to NATS reset, five times within 5 s',
    allowed: 'told',
    async happen({ natsProxy }) {
      for (let times = 0; times < 5; times += 1) {
        natsProxy.cut();
        await sleep(1_000);
      }
    },
  },
  {
    name: 'SIGKILL kafka',
    what: 'killed; the cluster tool starts it again',
    allowed: 'none',
    async happen({ cluster }) {
      const kafka = cluster.server('kafka');
      if (!kafka) return false;
      signal(kafka, 'SIGKILL');
      while (cluster.server('kafka')?.pid === kafka.pid || !cluster.server('kafka')) await sleep(100);
      return true;
    },
  },
  {
    name: 'SIGSTOP kafka',
    what: `frozen for ${AWAY_MS / 1_000} s`,
    allowed: 'none',
    async happen({ cluster }) {
      const kafka = cluster.server('kafka');
      if (!kafka) return false;
      signal(kafka, 'SIGSTOP');
      await sleep(AWAY_MS);
      signal(kafka, 'SIGCONT');
      return true;
    },
  },
];

const rolling: Fault = {
  name: 'rolling restart',
  what: 'every process ended by SIGTERM and started again, one after the other',
  allowed: 'none',
  async happen({ cluster }) {
    for (const { service, instance } of cluster.processes()) await cluster.restart(service, instance, 'SIGTERM');
  },
};

/** All faults, in the order of the report. */
export const faults = (): Fault[] => [rolling, ...processFaults(), ...mongoFaults, ...transportFaults];
