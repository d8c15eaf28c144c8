import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MongoClient } from 'mongodb';
import { config } from '#shared/config.ts';
import { machineOf } from '#tools/bench/machine.ts';
import { oplogOf, storedIn } from '#tools/bench/storage/measures.ts';
import { type Figures, pageOf } from '#tools/bench/storage/page.ts';
import { fillAccounts, fillDating } from '#tools/bench/storage/people.ts';
import {
  change,
  CHANGES,
  DMS,
  fillRooms,
  GROUPS,
  openQuiet,
  recolour,
  storeWindows,
  WINDOWS,
} from '#tools/bench/storage/rooms.ts';
import { superviseMongod } from '#tools/mongod/supervise.ts';

/** `npm run bench:storage`: what messages, rooms and people take on the disk and in the oplog, on a MongoDB of its own. */

const PAGE = resolve(import.meta.dirname, '../../../docs/benchmarks-storage.md');
const say = (line: string) => process.stderr.write(`${line}\n`);

/** What is stored once all is written, by noun, and where. */
const STORED = [
  ['a message of a group', 'storage_rooms', 'group_messages'],
  ['a message of a DM', 'storage_rooms', 'dm_messages'],
  ['an entry of the log (one message)', 'storage_rooms', 'room_log'],
  ['a room: its head', 'storage_rooms', 'rooms'],
  ['a bubble colour', 'storage_rooms', 'room_colours'],
  ['a latest window', 'storage_rooms', 'read_messages_latest'],
  ['an account', 'storage_accounts', 'profiles'],
  ['an account with a dating profile', 'storage_dating', 'profiles'],
  ['a like', 'storage_accounts', 'likes'],
  ['a group', 'storage_accounts', 'groups'],
  ['a member of a group', 'storage_accounts', 'group_members'],
] as const;

async function measure(client: MongoClient, messages: number): Promise<Figures> {
  const db = client.db('storage_rooms');
  const rooms = await openQuiet(db);
  try {
    say(`writing ${messages} messages`);
    let newest = new Map<string, string>();
    const written = await oplogOf(client, async () => {
      newest = await fillRooms(rooms, messages);
    });
    const oplog: Figures['oplog'] = [{ one: 'a message', count: messages, of: written }];
    // Before anything is changed: an entry for each message.
    const log = await storedIn(db, 'room_log');
    for (const name of Object.keys(CHANGES))
      oplog.push({ one: name, count: GROUPS, of: await oplogOf(client, () => change(rooms, newest, name)) });
    await recolour(rooms);
    let windowMessages = 0;
    const windows = await oplogOf(client, async () => {
      windowMessages = await storeWindows(rooms, db);
    });
    oplog.push({ one: 'writing a latest window', count: WINDOWS, of: windows });
    say('writing people');
    await fillAccounts(client.db('storage_accounts'));
    await fillDating(client.db('storage_dating'));
    const stored: Figures['stored'] = [];
    for (const [one, database, name] of STORED)
      stored.push({ one, of: name === 'room_log' ? log : await storedIn(client.db(database), name) });
    const shardKey: Figures['shardKey'] = [];
    for (const [one, , name] of STORED.slice(0, 2)) {
      await db.collection(name).createIndex({ room: 1 }, { name: 'shard_key' });
      const { indexes, documents } = await storedIn(db, name);
      shardKey.push({ one, bytes: indexes.shard_key!, documents });
    }
    return { messages, rooms: GROUPS + DMS, windowMessages, stored, shardKey, oplog };
  } finally {
    await rooms.close();
  }
}

async function bench(messages: number, write: boolean): Promise<void> {
  const dataDir = join(config().dataDir, 'bench-storage');
  mkdirSync(dataDir, { recursive: true });
  const undos: (() => Promise<unknown>)[] = [async () => rmSync(dataDir, { recursive: true, force: true })];
  try {
    const mongod = await superviseMongod({ dataDir, mongodBin: config().mongodBin }, { warn: say, info: say });
    undos.push(() => mongod.stop(5_000));
    const client = await new MongoClient(mongod.uri, { ignoreUndefined: true }).connect();
    undos.push(() => client.close());
    // Sizes are the same on a busy machine.
    const machine = machineOf(mongod.origin, 0).filter(([name]) => name !== 'Load');
    const page = pageOf(machine, await measure(client, messages));
    process.stdout.write(page);
    if (write) writeFileSync(PAGE, page);
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '50000' }, write: { type: 'boolean', default: false } },
});
await bench(Number(values.messages), values.write);
