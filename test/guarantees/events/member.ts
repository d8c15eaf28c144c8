import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig, useConfig } from '#shared/config.ts';
import { monotonic } from '#shared/deadline.ts';
import { isFault } from '#shared/errors.ts';
import { isUnavailable } from '#shared/mongo-faults.ts';
import { openMongo } from '#shared/mongo.ts';
import { roomSource } from '#shared/relay/room-source.ts';
import { startRelay } from '#shared/relay/start.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { openRooms } from '#shared/room-log/open.ts';
import type { Command } from '#shared/room-log/types.ts';
import { create, deleteRoom, edit, react, recolour, remove } from '#test/chaos/commands.ts';

/**
 * A process that writes random changes into rooms and takes part in relaying them, until it is killed; it stops
 * writing, and goes on relaying, when it is told to. Arguments: name, MongoDB, database, Kafka, topic prefix, rooms.
 */
const [name, mongo, database, kafka, prefix, roomCount] = process.argv.slice(2) as [string, ...string[]];
const WRITERS = 8;
const BUDGET_MS = 4_000;
/** Between two writes of a writer, in ms: the drill is about faults, not about speed. */
const PAUSE_MS = 5;

const settings = loadConfig({
  MONGO_URI: mongo,
  MONGO_DB_NAME: database,
  KAFKA_ENABLED: 'true',
  KAFKA_BOOTSTRAP: kafka,
  KAFKA_TOPIC_PREFIX: prefix,
});
useConfig(settings);
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const { db } = await openMongo(settings);
const rooms = await openRooms({ db, logger: quiet });
await startRelay(db, quiet, (generation) => roomSource(collectionsOf(db), generation));

const stopping = new AbortController();
process.on('message', () => stopping.abort());
process.on('disconnect', () => process.exit());
process.send!('ready');

const any = (limit: number): number => Math.floor(Math.random() * limit);
let made = 0;

function anyCommand(room: string): Command {
  const id = `${room}-${name}-${any(made + 1)}`;
  const dice = any(100);
  if (dice < 60) return create(`${room}-${name}-${(made += 1)}`);
  if (dice < 75) return edit(id, `edited ${any(1_000)}`);
  if (dice < 90) return react(id, `u${any(5)}`);
  if (dice < 95) return remove(id);
  return dice < 99 ? recolour('ann', `#${any(4_096)}`) : deleteRoom();
}

async function write(): Promise<void> {
  while (!stopping.signal.aborted) {
    const room = `room-${any(Number(roomCount))}`;
    try {
      await rooms.submit(room, anyCommand(room), monotonic() + BUDGET_MS);
      process.send!('wrote');
    } catch (error) {
      // What faults are for: the log says what was stored.
      if (!isFault(error) && !isUnavailable(error)) throw error;
    }
    await sleep(PAUSE_MS);
  }
}

for (let writer = 0; writer < WRITERS; writer += 1) void write();
