import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MongoClient } from 'mongodb';
import { config, type Config } from '#shared/config.ts';
import { markAsOurs } from '#shared/own-database.ts';
import { Relay } from '#shared/relay/relay.ts';
import { roomSource } from '#shared/relay/room-source.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { readGeneration } from '#shared/room-log/generation.ts';
import { openRooms } from '#shared/room-log/open.ts';
import { measureLatency, oplogBytes, untilSent, writeMany } from '#tools/bench/events/measures.ts';
import { type Figures, pageOf } from '#tools/bench/events/page.ts';
import { isBusy, loadBefore, machineOf } from '#tools/bench/machine.ts';
import { startKafka } from '#tools/bench/read-model/kafka.ts';
import { superviseMongod } from '#tools/mongod/supervise.ts';

/** `npm run bench:events`: how soon, how many and at what cost changes become events, on servers of its own. */

const PAGE = resolve(import.meta.dirname, '../../../docs/benchmarks-events.md');
const DATABASE = 'bench_events';
const say = (line: string) => process.stderr.write(`${line}\n`);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

async function measure(client: MongoClient, settings: Config, count: number): Promise<Figures> {
  const db = client.db(DATABASE);
  await markAsOurs(db);
  const rooms = await openRooms({ db, logger: quiet, sweep: false });
  const generation = await readGeneration(collectionsOf(db));
  const start = () => {
    const source = roomSource(collectionsOf(db), generation);
    const clock = { now: () => Date.now() };
    const relay = new Relay({ db, clock, config: settings, logger: quiet, generation, source });
    relay.start();
    return relay;
  };
  let relay = start();
  say('the way of single writes');
  const latency = await measureLatency(rooms, settings, 500);
  say('many writes');
  const before = relay.stats.events;
  const { localTime } = (await db.command({ hello: 1 })) as { localTime: Date };
  const began = performance.now();
  const messages = await writeMany(rooms, count);
  await untilSent(relay, before + count);
  const events = count / ((performance.now() - began) / 1_000);
  const bytes = await oplogBytes(client, db, Math.floor(localTime.getTime() / 1_000));
  await relay.stop();
  say('what has waited');
  await writeMany(rooms, count);
  relay = start();
  const caughtUp = await untilSent(relay, count);
  await relay.stop();
  await rooms.close();
  return { count, latency, messages, events, caughtUp, bytes };
}

async function bench(count: number, write: boolean): Promise<void> {
  const load = loadBefore();
  if (isBusy(load)) say(`The machine is busy (load ${load.toFixed(1)}): the figures will say so.`);
  const { dataDir: parent, mongodBin, kafkaHome } = config();
  const dataDir = join(parent, 'bench-events');
  mkdirSync(dataDir, { recursive: true });
  const undos: (() => Promise<unknown>)[] = [async () => rmSync(dataDir, { recursive: true, force: true })];
  const undoAll = async () => {
    for (let undo = undos.pop(); undo; undo = undos.pop()) await undo();
  };
  // The servers are in process groups of their own and would stay.
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => void undoAll().finally(() => process.exit(130)));
  try {
    const mongod = await superviseMongod({ dataDir, mongodBin }, { warn: say, info: say });
    undos.push(() => mongod.stop(5_000));
    const kafka = await startKafka(dataDir, kafkaHome);
    undos.push(() => kafka.stop());
    const writeConcern = { w: 'majority', journal: true } as const;
    const client = await new MongoClient(mongod.uri, { ignoreUndefined: true, writeConcern }).connect();
    undos.push(() => client.close());
    const settings: Config = { ...config(), kafkaEnabled: true, kafkaBootstrap: [kafka.bootstrap] };
    const figures = await measure(client, settings, count);
    const page = pageOf([...machineOf(mongod.origin, load), ['Kafka', kafka.version]], figures);
    process.stdout.write(page);
    if (write) writeFileSync(PAGE, page);
  } finally {
    await undoAll();
  }
}

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '20000' }, write: { type: 'boolean', default: false } },
});
await bench(Number(values.messages), values.write);
