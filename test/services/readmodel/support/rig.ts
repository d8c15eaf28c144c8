import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, loadConfig } from '#shared/config.ts';
import { eventsOfEntry } from '#shared/events/of-entry.ts';
import type { RoomEvent } from '#shared/events/room-events.ts';
import { createClient } from '#shared/kafka/client.ts';
import { Producer } from '#shared/kafka/producer.ts';
import { ensureTopics, topicOf } from '#shared/kafka/topics.ts';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { Follower } from '#services/readmodel/follower.ts';
import { type Instance, openRig, type Rig } from '#test/room-log/support/instances.ts';
import { startKafka, type TestKafka } from '#test/support/kafka.ts';

/** A broker, a database, and followers of a topic into which the test puts whatever it likes. */
export interface ReadModelRig extends Rig {
  kafka: TestKafka;
  config: Config;
  writer: Instance;
  model: ReadModel;
  producer: Producer;
  /** A follower with connections of its own; windows are written at once unless told otherwise. */
  follow(options?: { writeAt?: { changes: number; ms: number }; model?: ReadModel }): Promise<Follower>;
  /** The events of all changes of a room, in order, as the relay makes them. */
  eventsOf(room: string): Promise<RoomEvent[]>;
  send(events: readonly (RoomEvent | string)[], room?: string): Promise<void>;
  /** Resolves once the group has committed all that was sent. */
  settled(): Promise<void>;
}

export const silent = { debug() {}, info() {}, warn() {}, error() {} };

const SOON_MS = 20_000;

/** Waits for something to come true. Throws, naming it, when it does not within 20 s. */
export async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + SOON_MS;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`);
    await sleep(50);
  }
}

export async function openReadModelRig(): Promise<ReadModelRig> {
  const [rig, kafka] = await Promise.all([openRig(), startKafka()]);
  const writer = await rig.open();
  const prefix = `t${randomUUID().slice(0, 8)}`;
  const config = loadConfig({
    MONGO_URI: rig.database.uri,
    KAFKA_ENABLED: 'true',
    KAFKA_BOOTSTRAP: kafka.bootstrap,
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_GROUP_ID: `${prefix}-group`,
    KAFKA_PARTITIONS: '4',
  });
  const topic = topicOf(config, 'messages');
  await ensureTopics({ config, logger: silent, topics: [topic, topicOf(config, 'dead-letters')] });
  const producer = new Producer({ config, logger: silent });
  const model = new ReadModel(rig.database.db);
  await model.ensureIndexes();
  const followers: Follower[] = [];
  const generation = async () => (await rig.collections.meta.findOne({ _id: 'generation' }))!.value!;
  const admin = createClient(config, silent).kafka.admin();
  await admin.connect();
  return {
    ...rig,
    kafka,
    config,
    writer,
    model,
    producer,
    async follow({ writeAt = { changes: 1, ms: 0 }, model: other = model } = {}) {
      const rooms = await rig.open({ readModel: true });
      const follower = new Follower({ config, logger: silent, rooms, model: other, writeAt });
      followers.push(follower);
      follower.start();
      return follower;
    },
    async eventsOf(room) {
      const entries = await rig.collections.log.find({ room }).sort({ from: 1 }).toArray();
      const name = await generation();
      return entries.flatMap((entry) => eventsOfEntry(entry, name));
    },
    async send(events, room = 'any') {
      const messages = events.map((event) =>
        typeof event === 'string' ? { key: room, value: event } : { key: event.subject, value: JSON.stringify(event) },
      );
      for (let start = 0; start < messages.length; start += 500)
        await producer.send(topic, messages.slice(start, start + 500));
    },
    async settled() {
      await until('everything is committed', async () => {
        const ends = await admin.fetchTopicOffsets(topic);
        const [group] = await admin.fetchOffsets({ groupId: config.kafkaGroupId, topics: [topic] });
        const committed = new Map(group!.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        return ends.every(({ partition, high }) => Number(high) === 0 || committed.get(partition) === Number(high));
      });
    },
    async close() {
      await Promise.all(followers.map((follower) => follower.stop()));
      await Promise.all([producer.close(), admin.disconnect()]);
      await kafka.stop();
      await rig.close();
    },
  };
}
