import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MongoClient, type Db } from 'mongodb';
import { config } from '#shared/config.ts';
import { markAsOurs } from '#shared/own-database.ts';
import { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import { startOurs } from '#tools/bench/contestants/ours.ts';
import { measurePages, measurePolling, VIEWERS } from '#tools/bench/dating/measures.ts';
import { nameOf, people } from '#tools/bench/dating/people.ts';
import { pageOf } from '#tools/bench/dating/page.ts';
import { LoadGenerator } from '#tools/bench/load/load.ts';
import { isBusy, loadBefore, machineOf } from '#tools/bench/machine.ts';
import { seeded } from '#tools/demo/random.ts';
import { superviseMongod } from '#tools/mongod/supervise.ts';

/** `npm run bench:dating`: what lists of many dating profiles cost, on a MongoDB of its own. */

const PAGE = resolve(import.meta.dirname, '../../../docs/benchmarks-dating.md');
const DATABASE = 'bench_dating';
const CHUNK = 2_000;
const say = (line: string) => process.stderr.write(`${line}\n`);
async function fill(db: Db, count: number): Promise<void> {
  await markAsOurs(db);
  // Before the program starts, which waits for them.
  await new DatingRepository(db).ensureIndexes();
  for (const chunk of people(count, CHUNK)) await db.collection('profiles').insertMany(chunk, { ordered: false });
}

async function bench(count: number, write: boolean): Promise<void> {
  const load = loadBefore();
  if (isBusy(load)) say(`The machine is busy (load ${load.toFixed(1)}): the figures will say so.`);
  const dataDir = join(config().dataDir, 'bench-dating');
  mkdirSync(dataDir, { recursive: true });
  const undos: (() => Promise<unknown>)[] = [async () => rmSync(dataDir, { recursive: true, force: true })];
  try {
    const mongod = await superviseMongod({ dataDir, mongodBin: config().mongodBin }, { warn: say, info: say });
    undos.push(() => mongod.stop(5_000));
    const client = await new MongoClient(mongod.uri).connect();
    undos.push(() => client.close());
    const db = client.db(DATABASE);
    say(`filling: ${count} people`);
    await fill(db, count);
    const generator = new LoadGenerator();
    undos.push(() => generator.stop());
    const ours = await startOurs(mongod.uri, DATABASE, undefined);
    undos.push(() => ours.stop());
    const random = seeded('viewers');
    const viewers = Array.from({ length: VIEWERS }, () => nameOf(random.below(count)));
    const pages = await measurePages(db, generator, ours.port, viewers, say);
    const polling = await measurePolling(generator, ours.port, viewers[0]!);
    const page = pageOf(machineOf(mongod.origin, load), count, pages, polling);
    process.stdout.write(page);
    if (write) writeFileSync(PAGE, page);
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

const { values } = parseArgs({
  options: { people: { type: 'string', default: '100000' }, write: { type: 'boolean', default: false } },
});
await bench(Number(values.people), values.write);
