import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { findMongod } from '#tools/mongod/find.ts';
import { accepts, freePort } from '#tools/mongod/port.ts';
import { isAlive, signal, type ProcessId } from '#tools/mongod/process-id.ts';
import { stopProcess } from '#tools/mongod/stop.ts';
import { launchServer } from '#tools/servers/launch.ts';
import { ownedBy } from '#test/guarantees/owners.ts';
import { startProxy, type Proxy } from '#test/support/proxy.ts';

const NAME = 'guarantees';
const SIZE = 3;
const STOP_MS = 5_000;
/** An election that others are to notice: default 10 s, and a client's write waits for 2 s to find a primary. */
const ELECTION_MS = 3_000;
/** Journal, oplog and the data of a drill fit; what is left is filled within a second. */
const SMALL_DISK = '1500m';

interface Member {
  folder: string;
  port: number;
  /** In front of it: the others and the clients know it by this port. */
  proxy: Proxy;
  id: ProcessId;
  binary: string;
}

/** Three real mongods, each known to the others and to clients by a proxy in front of it. */
export interface ReplicaSet {
  uri: string;
  /** The place of the primary among the members; waits until there is one that a majority follows. */
  primary(): Promise<number>;
  /** A member that is not the primary now. */
  secondary(): Promise<number>;
  signal(member: number, name: NodeJS.Signals): Promise<void>;
  /** Starts one that was killed, on its data; resolves once it is primary or secondary. */
  restart(member: number): Promise<void>;
  /** Cuts a member off from the other two, both ways; clients reach all three. */
  isolate(member: number): void;
  /** Resets every connection to every member. */
  cut(): void;
  /** Ends what `isolate` did. */
  heal(): void;
  /** Fills the disk of the last member, which is a small one of its own; false where there is none. */
  fillDisk(): boolean;
  emptyDisk(): void;
  stop(): Promise<void>;
}

/** The member whose disk can be filled. */
export const ON_SMALL_DISK = SIZE - 1;

async function launch({ binary, folder, port }: Pick<Member, 'binary' | 'folder' | 'port'>): Promise<ProcessId> {
  const log = join(folder, 'mongod.log');
  const args = [
    `--replSet=${NAME}`,
    `--dbpath=${join(folder, 'data')}`,
    `--port=${port}`,
    '--bind_ip=127.0.0.1',
    `--logpath=${log}`,
    '--logappend',
    '--quiet',
    '--nounixsocket',
    '--wiredTigerCacheSizeGB=0.25',
    '--oplogSize=256',
    '--setParameter=diagnosticDataCollectionEnabled=false',
  ];
  const ready = async (over: AbortSignal) => {
    while (!(await accepts(port))) {
      over.throwIfAborted();
      await sleep(50);
    }
  };
  return launchServer({ name: 'mongod', binary, args, log, reason: () => undefined, ready }, () => undefined);
}

/** A file system of its own; false where this may not be made. */
function mountSmallDisk(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK}`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    // Not root, or no such thing here: the report says that the disk was not filled.
    return false;
  }
}

/** Three that start at once on a busy machine may take so long until one answers. */
const STARTING_MS = 30_000;

/** Starts it; rejects, saying what was tried, when no `mongod` can be had. */
export async function startReplicaSet(): Promise<ReplicaSet> {
  const { path: binary } = await findMongod({ mongodBin: process.env.MONGOD_BIN ?? '' });
  const root = mkdtempSync(join(tmpdir(), 'truematch-replica-set-'));
  const folders = Array.from({ length: SIZE }, (_, n) => join(root, String(n)));
  for (const folder of folders) mkdirSync(folder);
  const smallDisk = mountSmallDisk(folders[ON_SMALL_DISK]!);
  for (const folder of folders) mkdirSync(join(folder, 'data'));
  const members: Member[] = [];
  for (const folder of folders) {
    const port = await freePort(0);
    const proxy = await startProxy(port);
    members.push({ folder, port, proxy, binary, id: await launch({ binary, folder, port }) });
  }

  const direct = async <T>(member: Member, work: (client: MongoClient) => Promise<T>, waitMs = 1_000): Promise<T> => {
    const client = new MongoClient(`mongodb://127.0.0.1:${member.port}/?directConnection=true`, {
      serverSelectionTimeoutMS: waitMs,
      socketTimeoutMS: 3_000,
    });
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  };
  await direct(
    members[0]!,
    (client) =>
      client.db('admin').command({
        replSetInitiate: {
          _id: NAME,
          settings: { electionTimeoutMillis: ELECTION_MS },
          members: members.map(({ proxy }, _id) => ({ _id, host: `127.0.0.1:${proxy.port}` })),
        },
      }),
    STARTING_MS,
  );

  interface Status {
    myState: number;
    majorityVoteCount: number;
    members: { health: number; state: number }[];
  }
  const statusOf = async (member: Member): Promise<Status | undefined> => {
    try {
      return (await direct(member, (client) => client.db('admin').command({ replSetGetStatus: 1 }))) as Status;
    } catch {
      // Away, frozen or starting: it has no say in who leads.
      return undefined;
    }
  };
  const isLed = (status: Status | undefined): boolean =>
    status?.myState === 1 && status.members.filter(({ health }) => health === 1).length >= status.majorityVoteCount;
  const primary = async (): Promise<number> => {
    for (;;) {
      const states = await Promise.all(members.map(statusOf));
      const leading = states.findIndex(isLed);
      if (leading >= 0) return leading;
      await sleep(100);
    }
  };
  await primary();

  const filler = join(folders[ON_SMALL_DISK]!, 'filler');
  const hosts = members.map(({ proxy }) => `127.0.0.1:${proxy.port}`).join(',');
  return {
    uri: `mongodb://${hosts}/?replicaSet=${NAME}`,
    primary,
    secondary: async () => ((await primary()) + 1) % SIZE,
    async signal(at, name) {
      const { id } = members[at]!;
      signal(id, name);
      if (name !== 'SIGKILL') return;
      while (isAlive(id)) await sleep(10);
    },
    async restart(at) {
      const member = members[at]!;
      if (isAlive(member.id)) await stopProcess(member.id, STOP_MS);
      member.id = await launch(member);
      for (;;) {
        const status = await statusOf(member);
        if (status?.myState === 1 || status?.myState === 2) return;
        await sleep(100);
      }
    },
    isolate(at) {
      const mine = ownedBy([members[at]!.id.pid]);
      const theirs = ownedBy(members.flatMap(({ id }, n) => (n === at ? [] : id.pid)));
      for (const [n, { proxy }] of members.entries()) proxy.refuse(n === at ? theirs : mine);
    },
    cut() {
      for (const { proxy } of members) proxy.cut();
    },
    heal() {
      for (const { proxy } of members) proxy.pass();
    },
    fillDisk() {
      if (!smallDisk) return false;
      const { bavail, bsize } = statfsSync(folders[ON_SMALL_DISK]!);
      try {
        writeFileSync(filler, Buffer.alloc(bavail * bsize));
      } catch (error) {
        // The last block may be taken in the meantime: it is full all the same.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
      return true;
    },
    emptyDisk: () => rmSync(filler, { force: true }),
    async stop() {
      await Promise.all(members.map(({ id }) => (signal(id, 'SIGCONT'), stopProcess(id, STOP_MS))));
      await Promise.all(members.map(({ proxy }) => proxy.close()));
      // Lazily: a mongod that was killed may hold it for another moment.
      if (smallDisk) execFileSync('umount', ['--lazy', folders[ON_SMALL_DISK]!]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}
