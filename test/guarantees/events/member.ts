import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig, useConfig } from '#shared/config.ts';
import { monotonic } from '#shared/deadline.ts';
import { isFault } from '#shared/errors.ts';
import { isUnavailable } from '#shared/mongo-faults.ts';
import { openMongo } from '#shared/mongo.ts';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { roomSource } from '#shared/relay/room-source.ts';
import { startRelay } from '#shared/relay/start.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { openRooms } from '#shared/room-log/open.ts';
import type { Command, Message } from '#shared/room-log/types.ts';
import { Follower } from '#services/readmodel/follower.ts';
import { create, deleteRoom, edit, react, recolour, remove } from '#test/chaos/commands.ts';

/**
 * A process that writes random changes into rooms, reads each back, and takes part in relaying them and in keeping the
 * read model, until it is killed; it stops writing, and goes on with the rest, when it is told to. Arguments: name,
 * MongoDB, database, Kafka, topic prefix, rooms. It sends `wrote` for each change, or what is wrong with what it read.
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
const model = new ReadModel(db);
await model.ensureIndexes();
const rooms = await openRooms({ db, logger: quiet, readModel: model });
new Follower({ config: settings, logger: quiet, rooms, model }).start();
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

async function readBack(room: string, { rev }: Message): Promise<void> {
  const seen = (await rooms.window(room))?.window.rev ?? 0;
  if (seen < rev) process.send!(`${room}: rev ${rev} was acknowledged, and ${seen} is read after that`);
}

async function write(): Promise<void> {
  while (!stopping.signal.aborted) {
    const room = `room-${any(Number(roomCount))}`;
    try {
      const { message } = await rooms.submit(room, anyCommand(room), monotonic() + BUDGET_MS);
      process.send!('wrote');
      if (message) await readBack(room, message);
    } catch (error) {
      // What faults are for: the log says what was stored.
      if (!isFault(error) && !isUnavailable(error)) throw error;
    }
    await sleep(PAUSE_MS);
  }
}

for (let writer = 0; writer < WRITERS; writer += 1) void write();
