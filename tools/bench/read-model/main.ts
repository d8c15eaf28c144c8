import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Db, MongoClient } from 'mongodb';
import { config, type Config } from '#shared/config.ts';
import { markAsOurs } from '#shared/own-database.ts';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { Relay } from '#shared/relay/relay.ts';
import { roomSource } from '#shared/relay/room-source.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { readGeneration } from '#shared/room-log/generation.ts';
import { Follower } from '#services/readmodel/follower.ts';
import { isBusy, loadBefore, machineOf } from '#tools/bench/machine.ts';
import { startKafka } from '#tools/bench/read-model/kafka.ts';
import {
  measureCold,
  measureHuge,
  measureSizes,
  measureWritten,
  openQuietRooms,
} from '#tools/bench/read-model/measures.ts';
import { type Figures, pageOf } from '#tools/bench/read-model/page.ts';
import { COLD_ROOMS, fillRooms, HUGE_ROOM } from '#tools/bench/read-model/rooms.ts';
import { superviseMongod } from '#tools/mongod/supervise.ts';

/** `npm run bench:readmodel`: cold reads with and without the read model, and how soon a write is in a stored window. */

const PAGE = resolve(import.meta.dirname, '../../../docs/benchmarks-readmodel.md');
const DATABASE = 'bench_readmodel';
const say = (line: string) => process.stderr.write(`${line}\n`);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
type Later = (undo: () => Promise<unknown>) => void;

/** Relay and read model, as the services run them. */
async function follow(db: Db, settings: Config, model: ReadModel, later: Later): Promise<Follower> {
  const collections = collectionsOf(db);
  const generation = await readGeneration(collections);
  const source = roomSource(collections, generation);
  const relay = new Relay({
    db,
    clock: { now: () => Date.now() },
    config: settings,
    logger: quiet,
    generation,
    source,
  });
  const rooms = await openQuietRooms(db, model);
  later(() => rooms.close());
  const follower = new Follower({ config: settings, logger: quiet, rooms, model });
  relay.start();
  later(() => relay.stop());
  follower.start();
  later(() => follower.stop());
  return follower;
}

async function measure(db: Db, settings: Config, later: Later): Promise<Figures> {
  const model = new ReadModel(db);
  await model.ensureIndexes();
  const writer = await openQuietRooms(db);
  later(() => writer.close());
  say('filling');
  await fillRooms(db);
  for (const room of [...COLD_ROOMS, HUGE_ROOM]) await model.save((await writer.window(room))!.window);
  say('cold reads');
  const [cold, huge, sizes] = [await measureCold(db, model), await measureHuge(db, model), await measureSizes(writer)];
  const follower = await follow(db, settings, model, later);
  say('windows of quiet rooms');
  const rooms = Array.from({ length: 100 }, (_, n) => `quiet-${n}`);
  const slow = await measureWritten(writer, model, rooms, { perSecond: 20, ms: 30_000 });
  say('windows of a busy room');
  const busy = await measureWritten(writer, model, ['busy'], { perSecond: 200, ms: 15_000 });
  const { written, events } = follower.stats as { written: number; events: number };
  return { cold, huge, sizes, quiet: slow, busy, written, events };
}

async function bench(write: boolean): Promise<void> {
  const load = loadBefore();
  if (isBusy(load)) say(`The machine is busy (load ${load.toFixed(1)}): the figures will say so.`);
  const { dataDir: parent, mongodBin, kafkaHome } = config();
  const dataDir = join(parent, 'bench-readmodel');
  mkdirSync(dataDir, { recursive: true });
  const undos: (() => Promise<unknown>)[] = [async () => rmSync(dataDir, { recursive: true, force: true })];
  const later: Later = (undo) => void undos.push(undo);
  const undoAll = async () => {
    for (let undo = undos.pop(); undo; undo = undos.pop()) await undo();
  };
  // The servers are in process groups of their own and would stay.
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => void undoAll().finally(() => process.exit(130)));
  try {
    const mongod = await superviseMongod({ dataDir, mongodBin }, { warn: say, info: say });
    later(() => mongod.stop(5_000));
    const kafka = await startKafka(dataDir, kafkaHome);
    later(() => kafka.stop());
    const client = await new MongoClient(mongod.uri, { ignoreUndefined: true }).connect();
    later(() => client.close());
    const db = client.db(DATABASE);
    await markAsOurs(db);
    const settings: Config = { ...config(), kafkaEnabled: true, kafkaBootstrap: [kafka.bootstrap] };
    const figures = await measure(db, settings, later);
    const page = pageOf([...machineOf(mongod.origin, load), ['Kafka', kafka.version]], figures);
    process.stdout.write(page);
    if (write) writeFileSync(PAGE, page);
  } finally {
    await undoAll();
  }
}

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
await bench(values.write);
