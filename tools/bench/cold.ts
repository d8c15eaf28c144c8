import { MongoClient } from 'mongodb';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { ROOMS, WARM_UP_ROOMS } from '#tools/bench/data.ts';
import { type Measure, median, type Row, rowOf, type Sample } from '#tools/bench/measure.ts';
import type { Options } from '#tools/bench/options.ts';
import { startKafka } from '#tools/bench/read-model/kafka.ts';
import { openQuietRooms } from '#tools/bench/read-model/measures.ts';
import { latest, type Scenario } from '#tools/bench/scenarios.ts';
import { copyDatabase } from '#tools/bench/seed.ts';
import { DATABASES, type Stage } from '#tools/bench/stage.ts';
import { config } from '#shared/config.ts';

/** Rooms that a program is asked for the first time since its start, with and without the read model. */

const scenario = (id: Scenario['id'], name: string): Scenario => ({
  id,
  name: `cold latest(100), 1,000 rooms, ${name}`,
  requests: { ours: ROOMS.map((room) => latest(room)) },
  expected: 200,
});
const BY_QUERY = scenario('cold', 'by query');
const BY_READ_MODEL = scenario('cold-readmodel', 'from the read model');

/** A process's first requests measure its compiler: the same ones, for other rooms, come before. */
const warmUp: Scenario = { ...BY_QUERY, requests: { ours: WARM_UP_ROOMS.map((room) => latest(room)) } };

/** How many windows are stored at a time. */
const SAVED_AT_ONCE = 50;

/** Stores the latest windows of all rooms, as the read model does once it has seen all events. */
async function saveWindows(mongoUri: string): Promise<void> {
  const client = await new MongoClient(mongoUri, { ignoreUndefined: true }).connect();
  try {
    const db = client.db(DATABASES.cold);
    const model = new ReadModel(db);
    await model.ensureIndexes();
    const rooms = await openQuietRooms(db);
    const left = [...ROOMS, ...WARM_UP_ROOMS];
    const save = async () => {
      for (let room = left.pop(); room !== undefined; room = left.pop())
        await model.save((await rooms.window(room))!.window);
    };
    await Promise.all(Array.from({ length: SAVED_AT_ONCE }, save));
    await rooms.close();
  } finally {
    await client.close();
  }
}

export interface Cold {
  rows: Row[];
  /** Of the starts without Kafka. */
  readyMs: number | null;
}

/** Measures what `--only` asks for, each run with a process of its own. The database must be as it was filled. */
export async function measureCold(
  { mongod, dataDir, startFresh }: Stage,
  measuring: Measure,
  { only, freshRuns }: Options,
  signal: AbortSignal,
): Promise<Cold> {
  const wanted = (one: Scenario) => one.name.includes(only);
  const cold: Cold = { rows: [], readyMs: null };
  if (![BY_QUERY, BY_READ_MODEL].some(wanted)) return cold;
  // Without the log, which is forgotten after a time: else Kafka would first be sent all that the bench filled in.
  await copyDatabase(mongod.uri, DATABASES.ours, DATABASES.cold, ['room_log']);

  const measure = async (one: Scenario, env: Record<string, string>): Promise<number> => {
    process.stderr.write(`${one.name}\n`);
    const samples: Sample[] = [];
    const ready: number[] = [];
    for (let run = 0; run < freshRuns; run += 1) {
      const ours = await startFresh(DATABASES.cold, env);
      try {
        ready.push(ours.readyMs);
        await measuring.warmUp(warmUp, ours, signal);
        samples.push(await measuring.once(one, ours, signal));
      } finally {
        await ours.stop();
      }
    }
    cold.rows.push(rowOf(one, 'ours', samples));
    return median(ready);
  };

  if (wanted(BY_QUERY)) cold.readyMs = await measure(BY_QUERY, {});
  if (wanted(BY_READ_MODEL)) {
    await saveWindows(mongod.uri);
    const kafka = await startKafka(dataDir, config().kafkaHome);
    try {
      await measure(BY_READ_MODEL, { KAFKA_ENABLED: 'true', KAFKA_BOOTSTRAP: kafka.bootstrap });
    } finally {
      await kafka.stop();
    }
  }
  return cold;
}
