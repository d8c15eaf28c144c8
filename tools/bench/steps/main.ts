import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type AnyBulkWriteOperation, MongoClient, ObjectId } from 'mongodb';
import { config } from '#shared/config.ts';
import { DURABLE } from '#shared/room-log/append.ts';
import { type Collections, collectionsOf, ensureIndexes } from '#shared/room-log/collections.ts';
import { readHeads } from '#shared/room-log/read-heads.ts';
import type { Entry, Head, Message } from '#shared/room-log/types.ts';
import { headOf, stored } from '#tools/bench/growth/fill.ts';
import { loadBefore, machineOf } from '#tools/bench/machine.ts';
import { processStats } from '#tools/bench/process-stats.ts';
import { superviseMongod } from '#tools/mongod/supervise.ts';

/** `npm run bench:steps`: what each of the three writes of a message takes, by how many share a flush. */

const PAGE = resolve(import.meta.dirname, '../../../docs/benchmarks-steps.md');
const ROOMS = 1_000;
const SIZES = [8, 16, 32] as const;
const RUN_MS = 1_000;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** A new message of a room each. */
interface Item {
  message: Message;
  head: Head;
}
type Step = (collections: Collections, items: readonly Item[]) => Promise<unknown>;

const OPTIONS = { ordered: false, writeConcern: DURABLE, forceServerObjectId: true } as const;

function entryOf({ message, head }: Item): Entry {
  const { room, rev, seq, createdAt, messageId } = message;
  const changes = [{ rev, kind: 'created' as const, seq, op: { messageId }, message }];
  return { _id: new ObjectId(), room, epoch: head.epoch, from: rev, to: rev, at: createdAt, changes, head };
}

function moved({ head }: Item): AnyBulkWriteOperation<Head> {
  const { _id, ...fields } = head;
  return { updateOne: { filter: { _id, rev: { $gte: head.rev - 1, $lt: head.rev } }, update: { $set: fields } } };
}

/** The same, were a head one value that only ever grows: found by its `_id` alone, without a plan. */
function raised({ head }: Item): AnyBulkWriteOperation {
  const { _id, rev, ...fields } = head;
  return {
    updateOne: {
      filter: { _id: `raised ${_id}` as unknown as ObjectId },
      update: { $max: { end: { rev, ...fields } } },
    },
  };
}

const STEPS: Record<string, Step> = {
  'a bare insertMany': ({ log }, items) =>
    log.db.collection('plain').insertMany(
      items.map(({ message }) => ({ ...message })),
      OPTIONS,
    ),
  '1. log entries': ({ log }, items) => log.insertMany(items.map(entryOf), OPTIONS),
  '2. messages': ({ group }, items) =>
    group.bulkWrite(
      items.map(({ message }) => ({ insertOne: { document: message } })),
      OPTIONS,
    ),
  '3. heads': ({ heads }, items) => heads.bulkWrite(items.map(moved), OPTIONS),
  '3. heads, as one value': ({ heads }, items) => heads.db.collection('raised').bulkWrite(items.map(raised), OPTIONS),
};

/** How the heads of some rooms are read. */
const READS: Record<string, (collections: Collections, rooms: string[]) => Promise<unknown>> = {
  'a cursor': ({ heads }, rooms) => heads.find({ _id: { $in: rooms } }, { batchSize: 1_000 }).toArray(),
  'as the room log does': ({ heads }, rooms) => readHeads(heads, rooms),
};
const READ_SIZES = [1, 4, 16] as const;

/** Messages for room after room, so that each brings the next seq of its room. */
function* itemsOf(): Generator<Item, never> {
  for (let n = 0; ; n += 1) {
    const room = `room-${n % ROOMS}`;
    const seq = Math.floor(n / ROOMS) + 1;
    yield { message: { ...stored(room, seq), messageId: crypto.randomUUID() }, head: headOf(room, seq) };
  }
}

/** Milliseconds of one, and µs of CPU of mongod and of the driver's process, a message or a query. */
type Figures = [ms: number, mongod: number, driver: number];

/** Does `work` again and again, one at a time; `parts`: how many messages or queries it is. */
async function measure(work: () => Promise<unknown>, parts: number, mongod: number): Promise<Figures> {
  const before = processStats([mongod])!;
  const own = process.cpuUsage();
  const begun = performance.now();
  let times = 0;
  for (; performance.now() - begun < RUN_MS; times += 1) await work();
  const { user, system } = process.cpuUsage(own);
  const mongodUs = processStats([mongod])!.cpuUs - before.cpuUs;
  return [(performance.now() - begun) / times, mongodUs / times / parts, (user + system) / times / parts];
}

async function measureWrites(client: MongoClient, mongod: number, suffix: string): Promise<string[]> {
  const rows: string[] = [];
  for (const [name, step] of Object.entries(STEPS)) {
    say(`${name}${suffix}`);
    const row: string[] = [];
    for (const size of SIZES) {
      const collections = await fresh(client);
      const items = itemsOf();
      const flush = () =>
        step(
          collections,
          Array.from({ length: size }, () => items.next().value),
        );
      row.push(figuresText(await measure(flush, size, mongod)));
    }
    rows.push(cells([`${name}${suffix}`, ...row]));
  }
  return rows;
}

async function measureReads(client: MongoClient, mongod: number): Promise<string[]> {
  const collections = await fresh(client);
  const rows: string[] = [];
  for (const [name, read] of Object.entries(READS)) {
    say(`heads by ${name}`);
    const row: string[] = [];
    for (const size of READ_SIZES) {
      const rooms = Array.from({ length: size }, (_, n) => `room-${n * 7}`);
      await measure(() => read(collections, rooms), 1, mongod);
      row.push(figuresText(await measure(() => read(collections, rooms), 1, mongod)));
    }
    rows.push(cells([name, ...row]));
  }
  return rows;
}

async function fresh(client: MongoClient): Promise<Collections> {
  const db = client.db('bench_steps');
  await db.dropDatabase();
  const collections = collectionsOf(db);
  await ensureIndexes(collections);
  const rooms = Array.from({ length: ROOMS }, (_, n) => `room-${n}`);
  await collections.heads.insertMany(rooms.map((room) => headOf(room, 0)));
  await db.collection('raised').insertMany(rooms.map((room) => ({ _id: `raised ${room}` as unknown as ObjectId })));
  return collections;
}

const cells = (values: readonly string[]): string => `| ${values.join(' | ')} |`;
const figuresText = ([flush, mongod, driver]: Figures): string =>
  `${flush.toFixed(1)} / ${mongod.toFixed(0)} / ${driver.toFixed(0)}`;

async function bench(write: boolean): Promise<void> {
  const load = loadBefore();
  const dataDir = join(config().dataDir, 'bench-steps');
  mkdirSync(dataDir, { recursive: true });
  const mongod = await superviseMongod({ dataDir, mongodBin: config().mongodBin }, { warn: say, info: say });
  try {
    const rows: string[] = [];
    for (const retryWrites of [false, true]) {
      const client = await new MongoClient(mongod.uri, { retryWrites, ignoreUndefined: true }).connect();
      rows.push(...(await measureWrites(client, mongod.pid, retryWrites ? ', retryable' : '')));
      await client.close();
    }
    const client = await new MongoClient(mongod.uri).connect();
    const reads = await measureReads(client, mongod.pid);
    await client.close();
    const page = `# What the steps of a write and of a read take

Written by \`npm run bench:steps -- --write\`, by the driver alone, one at a time, on one mongod. In each cell: ms of one, µs of
CPU of mongod, and of the driver's process.

${cells(['machine', ''])}
${cells(['---', '---'])}
${machineOf(mongod.origin, load).map(cells).join('\n')}

The writes of a flush over ${ROOMS} rooms, journaled to a majority; µs are those of one message. "Retryable" is the driver's default;
the room log does without.

${cells(['', ...SIZES.map((size) => `${size} messages a flush`)])}
${cells(['---', ...SIZES.map(() => '---:')])}
${rows.join('\n')}

The query for heads, with which every read begins; µs are those of the query.

${cells(['', ...READ_SIZES.map((size) => (size === 1 ? '1 room' : `${size} rooms`))])}
${cells(['---', ...READ_SIZES.map(() => '---:')])}
${reads.join('\n')}
`;
    process.stdout.write(page);
    if (write) writeFileSync(PAGE, page);
  } finally {
    await mongod.stop(5_000);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
await bench(values.write);
