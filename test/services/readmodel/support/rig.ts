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

/** A topic into which the test puts whatever it likes, and the followers that read it. */
export interface Line {
  config: Config;
  /** A follower with a room log of its own; windows are written at once unless told otherwise. */
  follow(options?: { writeAt?: { changes: number; ms: number }; model?: ReadModel }): Promise<Follower>;
  send(events: readonly (RoomEvent | string)[], key?: string): Promise<void>;
  /** Resolves once the group has committed all that was sent. */
  settled(): Promise<void>;
}

/** A broker, a database, and a line; more of them where asked for. */
export interface ReadModelRig extends Rig, Line {
  kafka: TestKafka;
  writer: Instance;
  model: ReadModel;
  openLine(): Promise<Line>;
  /** The events of all changes of rooms, each room's in order, as the relay makes them. */
  eventsOf(...rooms: string[]): Promise<RoomEvent[]>;
}

export const silent = { debug() {}, info() {}, warn() {}, error() {} };

const SOON_MS = 25_000;

/** Waits for something to come true. Throws, naming it, when it does not within 25 s. */
export async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + SOON_MS;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`never came true: ${what}`);
    await sleep(50);
  }
}

type Closing = (() => Promise<unknown>)[];

async function openLine(rig: Rig, kafka: TestKafka, ownModel: ReadModel, closing: Closing): Promise<Line> {
  const prefix = `t${randomUUID().slice(0, 8)}`;
  const config = loadConfig({
    MONGO_URI: rig.database.uri,
    MONGO_DB_NAME: rig.database.name,
    KAFKA_ENABLED: 'true',
    KAFKA_BOOTSTRAP: kafka.bootstrap,
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_GROUP_ID: `${prefix}-group`,
    KAFKA_PARTITIONS: '4',
  });
  const topic = topicOf(config, 'messages');
  await ensureTopics({ config, logger: silent, topics: [topic, topicOf(config, 'dead-letters')] });
  const producer = new Producer({ config, logger: silent });
  const admin = createClient(config, silent).kafka.admin();
  await admin.connect();
  closing.push(
    () => producer.close(),
    () => admin.disconnect(),
  );
  return {
    config,
    async follow({ writeAt = { changes: 1, ms: 0 }, model = ownModel } = {}) {
      const rooms = await rig.open({ readModel: true });
      const follower = new Follower({ config, logger: silent, rooms, model, writeAt });
      closing.push(() => follower.stop());
      follower.start();
      return follower;
    },
    async send(events, key = 'any') {
      const messages = events.map((event) =>
        typeof event === 'string' ? { key, value: event } : { key: event.subject, value: JSON.stringify(event) },
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
  };
}

export async function openReadModelRig(): Promise<ReadModelRig> {
  const [rig, kafka] = await Promise.all([openRig(), startKafka()]);
  const writer = await rig.open();
  const model = new ReadModel(rig.database.db);
  await model.ensureIndexes();
  const closing: Closing = [];
  const generation = (await rig.collections.meta.findOne({ _id: 'generation' }))!.value!;
  return {
    ...rig,
    ...(await openLine(rig, kafka, model, closing)),
    kafka,
    writer,
    model,
    openLine: () => openLine(rig, kafka, model, closing),
    async eventsOf(...rooms) {
      const entries = await rig.collections.log
        .find({ room: { $in: rooms } })
        .sort({ room: 1, from: 1 })
        .toArray();
      return entries.flatMap((entry) => eventsOfEntry(entry, generation));
    },
    async close() {
      await Promise.all(closing.map((close) => close()));
      await kafka.stop();
      await rig.close();
    },
  };
}
