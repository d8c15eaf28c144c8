import { MongoClient } from 'mongodb';
import { monotonic } from '#shared/deadline.ts';
import type { Clock } from '#shared/room-log/clock.ts';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { type Collections, collectionsOf } from '#shared/room-log/collections.ts';
import { type OpenRooms, openRooms } from '#shared/room-log/open.ts';
import type { Command, Outcome } from '#shared/room-log/types.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { CommandLog } from '#test/room-log/support/command-log.ts';

/** Several room logs on one database stand for several processes: they share nothing but the database. */

export interface InstanceOptions {
  clock?: Clock;
  /** Puts faults between this instance and the database. */
  faults?: (collections: Collections) => Collections;
  sweep?: boolean;
  sweepIntervalMs?: number;
  /** True: it asks the read model of its database. */
  readModel?: boolean;
  /** Up to when events were sent, in ms: older log entries may go. */
  sentBefore?: () => Promise<number>;
}

export interface Instance extends OpenRooms {
  /** What this instance logged. */
  lines: string[];
}

export interface Rig {
  database: TestDatabase;
  /** The database without faults. */
  collections: Collections;
  open(options?: InstanceOptions): Promise<Instance>;
  /** An instance with a connection of its own, and the commands that it sends. */
  openRecorded(options?: InstanceOptions): Promise<{ rooms: Instance; commands: CommandLog }>;
  /** Closes what was opened and drops the database. */
  close(): Promise<void>;
}

export async function openRig(): Promise<Rig> {
  const database = await testDatabase(undefined, { retryWrites: false });
  const closing: (() => Promise<unknown>)[] = [];
  const openOn = async (db: typeof database.db, options: InstanceOptions): Promise<Instance> => {
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const collections = (options.faults ?? ((sound) => sound))(collectionsOf(db));
    const rooms = await openRooms({
      db,
      collections,
      clock: options.clock,
      readModel: options.readModel ? new ReadModel(db) : undefined,
      logger: { info: log, warn: log, error: log },
      sweep: options.sweep ?? false,
      sweepIntervalMs: options.sweepIntervalMs,
      sentBefore: options.sentBefore,
    });
    closing.push(() => rooms.close());
    return Object.assign(rooms, { lines });
  };
  return {
    database,
    collections: collectionsOf(database.db),
    open: (options = {}) => openOn(database.db, options),
    async openRecorded(options = {}) {
      const client = new MongoClient(database.uri, {
        monitorCommands: true,
        ignoreUndefined: true,
        writeConcern: { w: 'majority', journal: true },
      });
      const commands = new CommandLog(client, database.name);
      await client.connect();
      const rooms = await openOn(client.db(database.name), options);
      closing.push(() => client.close());
      return { rooms, commands };
    },
    async close() {
      for (const close of closing) await close();
      await database.drop();
    },
  };
}

/** A deadline that no sound write reaches. */
export const later = (ms = 30_000): number => monotonic() + ms;

export const submit = (rooms: OpenRooms, room: string, command: Command, ms?: number): Promise<Outcome> =>
  rooms.submit(room, command, later(ms));

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  time: number;
  readonly skew: number;

  constructor(time: number, skew = 0) {
    this.time = time;
    this.skew = skew;
  }

  now(): number {
    return this.time + this.skew;
  }
}
