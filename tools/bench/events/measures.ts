import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, type MongoClient, Timestamp } from 'mongodb';
import type { Config } from '#shared/config.ts';
import { monotonic } from '#shared/deadline.ts';
import { Consumer } from '#shared/kafka/consumer.ts';
import { ensureTopics, topicOf } from '#shared/kafka/topics.ts';
import type { Relay } from '#shared/relay/relay.ts';
import type { OpenRooms } from '#shared/room-log/open.ts';
import type { NewMessage } from '#shared/room-log/types.ts';
import { Latencies } from '#tools/bench/load/latencies.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const ROOMS = 200;
const WRITERS = 64;
/** Between two writes whose way is timed, in ms: each goes alone. */
const PAUSE_MS = 10;

let made = 0;
const message = (): NewMessage => ({
  messageId: `m-${(made += 1)}`,
  userId: 'u1',
  username: 'Ann',
  usernameLc: 'ann',
  avatar: null,
  bubbleColor: null,
  text: `message ${made}: some words, as long as what people write`,
  kind: 'text',
  media: null,
  audio: null,
  replyTo: null,
  previewable: true,
});

async function write(rooms: OpenRooms, room: string): Promise<string> {
  const created = message();
  await rooms.submit(room, { op: 'create', message: created, fresh: true }, monotonic() + 30_000);
  return created.messageId;
}

/** From the answer of a write to its event being in a consumer's hands, in ms. */
export async function measureLatency(rooms: OpenRooms, config: Config, count: number): Promise<Latencies> {
  const topics = [topicOf(config, 'messages')];
  await ensureTopics({ config, logger: quiet, topics });
  const waiting = new Map<string, (at: number) => void>();
  const take: ConstructorParameters<typeof Consumer>[0]['take'] = async ({ messages }) => {
    for (const { value } of messages) {
      const { data } = JSON.parse(String(value)) as { data: { messageId?: string } };
      waiting.get(data.messageId ?? '')?.(performance.now());
    }
  };
  const consumer = new Consumer({ config, logger: quiet, groupId: 'bench-events', topics, take });
  consumer.start();
  const latencies = new Latencies();
  // The first ones wait for the consumer to join.
  for (let n = -20; n < count; n += 1) {
    const created = message();
    const arrived = new Promise<number>((resolve) => waiting.set(created.messageId, resolve));
    await rooms.submit('latency', { op: 'create', message: created, fresh: true }, monotonic() + 30_000);
    const answered = performance.now();
    const took = Math.max(0, (await arrived) - answered);
    waiting.delete(created.messageId);
    if (n >= 0) latencies.add(took);
    await sleep(PAUSE_MS);
  }
  await consumer.close();
  return latencies;
}

/** Writes so many messages with 64 writers into 200 rooms; messages a second. */
export async function writeMany(rooms: OpenRooms, count: number): Promise<number> {
  const began = performance.now();
  let left = count;
  const writer = async (number: number) => {
    for (let n = number; left > 0; n += WRITERS) {
      left -= 1;
      await write(rooms, `room-${n % ROOMS}`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)));
  return count / ((performance.now() - began) / 1_000);
}

/** Events a second until the relay has sent so many more than `before`. */
export async function untilSent(relay: Relay, count: number): Promise<number> {
  const began = performance.now();
  const sent = () => relay.stats.events >= count;
  while (!sent()) await sleep(5);
  return count / ((performance.now() - began) / 1_000);
}

/** Bytes that the database's oplog got since `from` (seconds of its clock), by what they are of. */
export async function oplogBytes(client: MongoClient, db: Db, from: number): Promise<Map<string, number>> {
  const rows = await client
    .db('local')
    .collection('oplog.rs')
    .aggregate<{ _id: string; bytes: number }>([
      { $match: { ts: { $gte: new Timestamp({ t: from, i: 0 }) } } },
      // A flush of many documents is one entry, an applyOps.
      { $set: { of: { $ifNull: [{ $first: '$o.applyOps.ns' }, '$ns'] } } },
      { $match: { of: { $regex: `^${db.databaseName}\\.` } } },
      { $group: { _id: '$of', bytes: { $sum: { $bsonSize: '$$ROOT' } } } },
    ])
    .toArray();
  return new Map(rows.map(({ _id, bytes }) => [_id.slice(db.databaseName.length + 1), bytes]));
}
