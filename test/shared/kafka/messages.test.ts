import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { ConfigResourceTypes } from 'kafkajs';
import type { Batch } from '#shared/kafka/batch.ts';
import { createClient, type KafkaConfig } from '#shared/kafka/client.ts';
import { Consumer, type ConsumerOptions } from '#shared/kafka/consumer.ts';
import { MessageTooLargeError, type Outgoing, Producer } from '#shared/kafka/producer.ts';
import { ensureTopics, MAX_MESSAGE_BYTES } from '#shared/kafka/topics.ts';
import { after, kafkaConfig, Member, quiet, until } from '#test/shared/kafka/support/collect.ts';
import { Listener } from '#test/shared/kafka/support/listener.ts';
import { startKafka, type TestKafka } from '#test/support/kafka.ts';

jest.setTimeout(60_000);

let kafka: TestKafka;
let secured: Listener;
let config: KafkaConfig;
let producer: Producer;
let topic: string;
let tests = 0;
const consumers: Consumer[] = [];

beforeAll(async () => {
  secured = await Listener.create();
  kafka = await startKafka(secured.added);
  config = kafkaConfig(kafka.bootstrap);
  producer = new Producer({ config, logger: quiet });
});
afterAll(async () => {
  await producer.close();
  await kafka.stop();
  secured.remove();
});
beforeEach(async () => {
  topic = `t.${++tests}`;
  await ensureTopics({ config, logger: quiet, topics: [topic] });
});
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((one) => one.close()));
});

/** A member of the test's group. */
function member(topics = [topic], commits = true): Member {
  const one = new Member({ config, groupId: topic, topics }, commits);
  consumers.push(one.consumer);
  return one;
}

function consume(options: Pick<ConsumerOptions, 'take'> & Partial<ConsumerOptions>): Consumer {
  const consumer = new Consumer({ config, logger: quiet, groupId: topic, topics: [topic], ...options });
  consumers.push(consumer);
  consumer.start();
  return consumer;
}

const numbered = (count: number, keys = ['a']): Outgoing[] =>
  Array.from({ length: count }, (_, n) => ({ key: keys[n % keys.length]!, value: `${keys[n % keys.length]}${n}` }));

const valuesOf = (messages: readonly Outgoing[], key?: string) =>
  messages.filter((one) => key === undefined || one.key === key).map((one) => String(one.value));

async function admin<T>(work: (of: ReturnType<ReturnType<typeof createClient>['kafka']['admin']>) => Promise<T>) {
  const client = createClient(config, quiet);
  const one = client.kafka.admin();
  await one.connect();
  try {
    return await work(one);
  } finally {
    await one.disconnect();
  }
}

describe('messages through Kafka', () => {
  it('go by TLS, under a name and a password, to a broker that asks for them', async () => {
    secured.trust();
    const own = { ...config, kafkaBootstrap: [secured.bootstrap], kafkaTls: true, kafkaSasl: secured.sasl };
    const sender = new Producer({ config: own, logger: quiet });
    await sender.send(topic, numbered(3));
    await sender.close();
    const one = new Member({ config: own, groupId: topic, topics: [topic] });
    consumers.push(one.consumer);
    await until(() => one.messages.length === 3);
    expect(one.values()).toEqual(valuesOf(numbered(3)));
  });

  it.each<[string, () => Partial<KafkaConfig>, string]>([
    [
      'another password',
      () => ({ kafkaTls: true, kafkaSasl: { ...secured.sasl, password: 'other' } }),
      'Invalid username',
    ],
    ['no name', () => ({ kafkaTls: true }), 'Closed connection'],
    ['no TLS', () => ({ kafkaSasl: secured.sasl }), 'Closed connection'],
  ])('are refused by that broker with %s', async (_, more, told) => {
    secured.trust();
    const own = { ...config, kafkaBootstrap: [secured.bootstrap], ...more() };
    const client = createClient(own, quiet);
    const one = client.kafka.admin({ retry: { retries: 0 } });
    await expect(one.connect().then(() => one.listTopics())).rejects.toThrow(told);
    await one.disconnect();
    client.cut();
  });

  it('keep bytes, key, headers and time', async () => {
    const value = randomBytes(1_000);
    const sent = Date.now();
    await producer.send(topic, [{ key: 'dm:ä|b', value, headers: { reason: 'späť', 'ce-type': 'x' } }]);
    const one = member();
    await until(() => one.messages.length > 0);
    expect(one.messages).toEqual([
      {
        topic,
        partition: expect.any(Number),
        offset: 0,
        key: 'dm:ä|b',
        value,
        headers: { reason: 'späť', 'ce-type': 'x' },
        timestamp: expect.any(Number),
      },
    ]);
    expect(Math.abs(one.messages[0]!.timestamp - sent)).toBeLessThan(60_000);
  });

  it('of one key stay in order in one partition, also when sent at the same time', async () => {
    const sent = numbered(900, ['a', 'b', 'c', 'd', 'e', 'f']);
    const calls = Array.from({ length: 30 }, (_, n) => producer.send(topic, sent.slice(n * 30, n * 30 + 30)));
    await Promise.all(calls);
    const one = member();
    await until(() => one.messages.length === sent.length);
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
      expect(one.values(key)).toEqual(valuesOf(sent, key));
      expect(
        new Set(one.messages.filter((message) => message.key === key).map((message) => message.partition)).size,
      ).toBe(1);
    }
  });

  it('travel compressed: a topic for 20,000 bytes takes a mebibyte of text that repeats itself', async () => {
    const small = `${topic}.small`;
    await ensureTopics({ config, logger: quiet, topics: [small], maxMessageBytes: 20_000 });
    const value = 'All of this is said over and over again. '.repeat(25_000);
    await producer.send(small, [{ key: 'a', value }]);
    const one = member([small]);
    await until(() => one.messages.length > 0);
    expect(one.values()).toEqual([value]);
  });

  it('of four mebibytes that do not compress are taken; larger ones are refused for good, and the next are taken', async () => {
    const largest = randomBytes(4 * 1024 * 1024);
    const tooLarge = [{ key: 'a', value: randomBytes(MAX_MESSAGE_BYTES) }];
    await producer.send(topic, [{ key: 'a', value: largest }]);
    await expect(producer.send(topic, tooLarge)).rejects.toThrow(MessageTooLargeError);
    await producer.send(topic, [{ key: 'a', value: 'next' }]);
    // Some 4 MiB each: as one batch Kafka refuses them.
    await expect(
      producer.send(topic, [
        { key: 'a', value: largest },
        { key: 'a', value: largest },
      ]),
    ).rejects.toThrow(MessageTooLargeError);
    await producer.send(topic, [{ key: 'a', value: 'last' }]);
    const one = member();
    await until(() => one.messages.length === 3);
    expect(one.messages[0]!.value!.equals(largest)).toBe(true);
    expect(one.values().slice(1)).toEqual(['next', 'last']);
  });
});

describe('topics', () => {
  it('are made by several programs at once, with the configured partitions and size', async () => {
    const topics = ['x.messages', 'x.groups', 'x.profiles', 'x.dead-letters'];
    await Promise.all([1, 2, 3].map(() => ensureTopics({ config, logger: quiet, topics })));
    await admin(async (of) => {
      const { topics: made } = await of.fetchTopicMetadata({ topics });
      expect(made.map((one) => one.partitions.length)).toEqual([3, 3, 3, 3]);
      const { resources } = await of.describeConfigs({
        includeSynonyms: false,
        resources: [
          { type: ConfigResourceTypes.TOPIC, name: topics[0]!, configNames: ['max.message.bytes', 'cleanup.policy'] },
        ],
      });
      expect(Object.fromEntries(resources[0]!.configEntries.map((one) => [one.configName, one.configValue]))).toEqual({
        'max.message.bytes': String(MAX_MESSAGE_BYTES),
        'cleanup.policy': 'delete',
      });
    });
  });

  it('that are there already stay as they are', async () => {
    await ensureTopics({ config: { ...config, kafkaPartitions: 7 }, logger: quiet, topics: [topic, `${topic}.new`] });
    const { topics } = await admin((of) => of.fetchTopicMetadata({ topics: [topic, `${topic}.new`] }));
    expect(Object.fromEntries(topics.map((one) => [one.name, one.partitions.length]))).toEqual({
      [topic]: 3,
      [`${topic}.new`]: 7,
    });
  });
});

describe('a group', () => {
  it('goes on behind what was committed, and repeats what was not', async () => {
    const sent = numbered(30);
    await producer.send(topic, sent.slice(0, 10));
    const first = member([topic], false);
    await until(() => first.messages.length === 10);
    await producer.send(topic, sent.slice(10, 20));
    await until(() => first.messages.length === 20);
    const { partition } = first.messages[0]!;
    expect(await first.consumer.commit([{ topic, partition, offset: 12 }])).toBe(true);
    expect(first.consumer.lag).toEqual({ [`${topic}/${partition}`]: 8 });
    await first.consumer.close();

    await producer.send(topic, sent.slice(20));
    const second = member();
    await until(() => second.messages.length === 18);
    expect(second.values()).toEqual(valuesOf(sent).slice(12));
    await until(() => second.consumer.lag[`${topic}/${partition}`] === 0);
    expect(second.consumer.problem).toBeNull();
  });

  it('reads on only when a batch is taken, and takes it again after an error', async () => {
    const taken: Batch[] = [];
    const gate = Promise.withResolvers<void>();
    await producer.send(topic, numbered(1));
    const consumer = consume({
      async take(batch) {
        taken.push(batch);
        if (taken.length === 1) throw new Error('the database is away');
        if (taken.length === 2) await gate.promise;
        await consumer.commit([after(batch)]);
      },
    });
    await until(() => taken.length === 2);
    await producer.send(topic, [{ key: 'a', value: 'second' }]);
    expect(taken.map((one) => one.messages[0]!.offset)).toEqual([0, 0]);
    gate.resolve();
    await until(() => taken.length === 3);
    expect(taken[2]!.messages.map((one) => [one.offset, String(one.value)])).toEqual([[1, 'second']]);
  });

  it('begins with the newest, when told so', async () => {
    await producer.send(topic, numbered(5));
    const values: string[] = [];
    const joined = Promise.withResolvers<void>();
    consume({
      from: 'latest',
      assigned: () => joined.resolve(),
      take: async (batch) => void values.push(...batch.messages.map((one) => String(one.value))),
    });
    await joined.promise;
    // It asks for the end of the topic after joining: what is sent until then may count as old.
    for (let n = 0; values.length === 0; n++) {
      await producer.send(topic, [{ key: 'a', value: `new ${n}` }]);
    }
    expect(values.every((one) => one.startsWith('new'))).toBe(true);
  });

  it('shares its partitions among two members; one that leaves loses nothing and hands over at once', async () => {
    const keys = Array.from({ length: 12 }, (_, n) => `key${n}-`);
    const first = member();
    await until(() => first.holds === 3);
    const second = member();
    await until(() => first.holds + second.holds === 3 && second.holds > 0);
    const sent = numbered(240, keys);
    const seen = () => first.messages.length + second.messages.length;
    await producer.send(topic, sent.slice(0, 120));
    await until(() => seen() >= 120);
    expect(Math.min(first.messages.length, second.messages.length)).toBeGreaterThan(0);

    const sending = producer.send(topic, sent.slice(120));
    await first.consumer.close();
    await sending;
    const all = () => new Set([...first.values(), ...second.values()]);
    await until(() => all().size === sent.length);
    expect(second.holds).toBe(3);
    for (const key of keys) {
      const of = second.values(key);
      expect(of).toEqual(of.toSorted((a, b) => Number(a.split('-')[1]) - Number(b.split('-')[1])));
    }
  });

  it('does not commit for a partition that another member holds by now', async () => {
    const first = member([topic], false);
    await until(() => first.holds === 3);
    await producer.send(topic, numbered(30, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']));
    await until(() => first.messages.length === 30);
    const second = member();
    await until(() => first.holds + second.holds === 3 && second.holds > 0);
    await until(() => Object.keys(second.consumer.lag).length > 0);
    const [key] = Object.keys(second.consumer.lag);
    const partition = Number(key!.split('/')[1]);
    expect(await first.consumer.commit([{ topic, partition, offset: 0 }])).toBe(false);
  });
});
