import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { ConfigError } from '#shared/config.ts';
import { metaOf } from '#shared/own-database.ts';
import { holdLease, releaseLease } from '#shared/room-log/lease.ts';

/** A run that was killed holds its lease for so long; one that lives renews it three times in that time. In ms. */
const LEASE_MS = 6_000;

/** True for a holder on this machine whose process is gone: nobody needs to wait for it. */
function isDead(holder: string | undefined): boolean {
  const [host, pid] = holder?.split(' ') ?? [];
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

export interface Lock {
  /** Throws when another run has taken over, which happens when this one stood still for long. */
  check(): void;
  release(): Promise<void>;
}

/** The lock that one run at a time holds on a database. Waits for the end of a killed run's; throws ConfigError for a live one. */
export async function lockAdoption(db: Db): Promise<Lock> {
  const meta = metaOf(db);
  const holder = `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`;
  const hold = async () => {
    const { localTime } = (await db.admin().command({ hello: 1 })) as { localTime: Date };
    return holdLease(meta, 'adopt', holder, localTime.getTime(), LEASE_MS);
  };
  const waitUntil = performance.now() + LEASE_MS + 1_000;
  while (!(await hold())) {
    const held = await meta.findOne({ _id: 'lease:adopt' });
    if (isDead(held?.holder)) {
      await releaseLease(meta, 'adopt', held!.holder!);
      continue;
    }
    if (performance.now() > waitUntil)
      throw new ConfigError(`${db.databaseName} is being adopted by another run (${held?.holder ?? 'just ended'})`);
    await sleep(200);
  }
  let lost: unknown = null;
  const renew = setInterval(() => {
    hold()
      .then((held) => (lost = held ? null : new ConfigError('another run has taken over the adoption')))
      .catch((error: unknown) => (lost = error));
  }, LEASE_MS / 3);
  return {
    check() {
      if (lost !== null) throw lost;
    },
    async release() {
      clearInterval(renew);
      await releaseLease(meta, 'adopt', holder);
    },
  };
}
