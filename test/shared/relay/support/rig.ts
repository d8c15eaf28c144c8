import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import type { Config } from '#shared/config.ts';
import { type TopicKind, topicOf } from '#shared/kafka/topics.ts';
import { Relay } from '#shared/relay/relay.ts';
import { roomSource } from '#shared/relay/room-source.ts';
import type { Source } from '#shared/relay/source.ts';
import { DatabaseClock } from '#shared/room-log/clock.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { readGeneration } from '#shared/room-log/generation.ts';
import { openRig, type Rig } from '#test/room-log/support/instances.ts';
import { readTopic, SILENT, type TopicReader } from '#test/shared/relay/support/topic-reader.ts';

/** A database and topics of its own, on the run's replica set and the given broker. */
export interface RelayRig extends Rig {
  config: Config;
  topic(kind?: TopicKind): string;
  /** A relay of rooms, or of `source`; started. It stands for the relay of a process of its own. */
  relay(source?: Source): Promise<Relay>;
  /** Commands that the relays sent, by name. */
  commands: Map<string, number>;
  read(kind?: TopicKind): Promise<TopicReader>;
}

export async function openRelayRig(bootstrap: string): Promise<RelayRig> {
  const rig = await openRig();
  const config = rig.database.config({
    KAFKA_ENABLED: 'true',
    KAFKA_BOOTSTRAP: bootstrap,
    KAFKA_TOPIC_PREFIX: `t${randomUUID().slice(0, 8)}`,
    KAFKA_PARTITIONS: '3',
  });
  const client = new MongoClient(rig.database.uri, {
    monitorCommands: true,
    ignoreUndefined: true,
    writeConcern: { w: 'majority', journal: true },
  });
  const commands = new Map<string, number>();
  client.on('commandStarted', ({ commandName }) => commands.set(commandName, (commands.get(commandName) ?? 0) + 1));
  const db = client.db(rig.database.name);
  const clock = new DatabaseClock(db, SILENT);
  await clock.start();
  const generation = () => readGeneration(collectionsOf(db));
  const closing: (() => Promise<unknown>)[] = [];
  const topic = (kind: TopicKind = 'messages') => topicOf(config, kind);
  return {
    ...rig,
    config,
    topic,
    commands,
    async relay(source) {
      const now = await generation();
      const relay = new Relay({
        db,
        clock,
        config,
        logger: SILENT,
        generation: now,
        source: source ?? roomSource(collectionsOf(db), now),
      });
      closing.push(() => relay.stop());
      relay.start();
      return relay;
    },
    async read(kind) {
      const reader = await readTopic(config, topic(kind));
      closing.push(() => reader.close());
      return reader;
    },
    async close() {
      await Promise.all(closing.map((close) => close()));
      clock.stop();
      await client.close();
      await rig.close();
    },
  };
}
