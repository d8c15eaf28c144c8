import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MongoClient } from 'mongodb';
import { config } from '#shared/config.ts';
import { startOurs } from '#tools/bench/contestants/ours.ts';
import { fillGroups, fillOthersDms, fillRoom, fillThreads, USER } from '#tools/bench/growth/fill.ts';
import { type Level, pageOf } from '#tools/bench/growth/page.ts';
import { LoadGenerator, request, type Measured } from '#tools/bench/load/load.ts';
import { isBusy, loadBefore, machineOf } from '#tools/bench/machine.ts';
import { superviseMongod } from '#tools/mongod/supervise.ts';

/** `npm run bench:growth`: does a read cost more when more is stored? */

const PAGE = resolve(import.meta.dirname, '../../../docs/benchmarks-growth.md');
const DATABASE = 'bench_growth';
const CLIENTS = 16;
const WARM_UP_MS = 1_000;
const RUN_MS = 2_000;
const RUNS = 5;
/** Messages of a room and DMs of others; groups. */
const LEVELS = [
  { messages: 1_000, groups: 10 },
  { messages: 100_000, groups: 1_000 },
  { messages: 1_000_000, groups: 10_000 },
] as const;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** What is asked of a room of so many messages, and of all that is stored by then. */
const questions = (room: string, messages: number): Record<string, string> => ({
  'latest(100)': `/api/messages/${room}/latest?count=100`,
  'page of 50 in the middle': `/api/messages/${room}/page?beforeSeq=${messages / 2}&limit=50`,
  'changes, 50 from the start': `/api/messages/${room}/changes?since=0&limit=50`,
  'a message by its id': `/api/messages/${room}/by-id/${room}-${messages / 2}`,
  'DM threads of a user with 60': `/api/dm/threads?user=${USER}`,
  'list of 10 groups': '/api/groups?limit=10',
});

/** The best of some runs: levels are minutes apart, and what else the machine does meanwhile only adds. */
async function measure(generator: LoadGenerator, port: number, path: string): Promise<Measured> {
  const load = { port, requests: [request('GET', path)], expected: 200, clients: CLIENTS };
  await generator.run({ ...load, ms: WARM_UP_MS });
  const runs: Measured[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await generator.run({ ...load, ms: RUN_MS }));
  return runs.toSorted((a, b) => a.p50 - b.p50)[0]!;
}

async function bench(write: boolean): Promise<void> {
  const load = loadBefore();
  if (isBusy(load)) say(`The machine is busy (load ${load.toFixed(1)}): the figures will say so.`);
  const dataDir = join(config().dataDir, 'bench-growth');
  mkdirSync(dataDir, { recursive: true });
  const undos: (() => Promise<unknown>)[] = [async () => rmSync(dataDir, { recursive: true, force: true })];
  try {
    const mongod = await superviseMongod({ dataDir, mongodBin: config().mongodBin }, { warn: say, info: say });
    undos.push(() => mongod.stop(5_000));
    const client = await new MongoClient(mongod.uri).connect();
    undos.push(() => client.close());
    const generator = new LoadGenerator();
    undos.push(() => generator.stop());
    const ours = await startOurs(mongod.uri, DATABASE, undefined);
    undos.push(() => ours.stop());
    const db = client.db(DATABASE);
    await fillThreads(db);
    const levels: Level[] = [];
    let [others, groups] = [0, 0];
    for (const level of LEVELS) {
      say(`filling: a room and DMs of ${level.messages}, ${level.groups} groups`);
      const room = `room-of-${level.messages}`;
      await fillRoom(db, room, level.messages);
      await fillOthersDms(db, others, level.messages);
      await fillGroups(db, groups, level.groups);
      [others, groups] = [level.messages, level.groups];
      // What was filled in goes to the disk now, and not while something is measured.
      await client.db('admin').command({ fsync: 1 });
      const rows: Level['rows'] = {};
      for (const [name, path] of Object.entries(questions(room, level.messages))) {
        say(name);
        rows[name] = await measure(generator, ours.port, path);
      }
      levels.push({ ...level, rows });
    }
    const page = pageOf(machineOf(mongod.origin, load), CLIENTS, levels);
    process.stdout.write(page);
    if (write) writeFileSync(PAGE, page);
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
await bench(values.write);
