import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaConfig } from '#shared/kafka/client.ts';
import { Producer, SendAbortedError } from '#shared/kafka/producer.ts';
import { awaitTopics } from '#shared/kafka/topics.ts';
import { kafkaConfig, Member, quiet, until } from '#test/shared/kafka/support/collect.ts';
import { startKafka, type TestKafka } from '#test/support/kafka.ts';

// A killed broker is let in again when its former self counts as gone: seconds, more on a busy machine.
jest.setTimeout(120_000);

let kafka: TestKafka;
let config: KafkaConfig;
/** Sends to a topic that is not there: kafkajs looks for it for 20 s, meanwhile the other tests run. */
let late: { producer: Producer; sending: Promise<void> };
const closing: { close(): Promise<void> }[] = [];

const closed = <T extends { close(): Promise<void> }>(one: T): T => {
  closing.push(one);
  return one;
};

beforeAll(async () => {
  kafka = await startKafka();
  config = kafkaConfig(kafka.bootstrap, { kafkaPartitions: 1 });
  const topics = { config, logger: quiet, topics: ['made-late'] };
  const beforeRetry = async (signal: AbortSignal) => void (await awaitTopics(topics, signal));
  const producer = new Producer({ config, logger: quiet, beforeRetry });
  late = { producer, sending: producer.send('made-late', [{ key: 'a', value: 'x' }]) };
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await late.producer.close();
  await kafka.stop();
});

describe('while the broker is away', () => {
  it('sends wait, and nothing is lost, doubled or out of order when it was killed between two of them', async () => {
    const topic = 'killed';
    await awaitTopics({ config, logger: quiet, topics: [topic] }, AbortSignal.timeout(60_000));
    const producer = closed(new Producer({ config, logger: quiet }));
    const member = new Member({ config, groupId: topic, topics: [topic] });
    closed(member.consumer);
    const values: string[] = [];
    const send = async () => {
      values.push(`${values.length}`);
      await producer.send(topic, [{ key: 'a', value: values.at(-1)! }]);
    };
    const over = new AbortController();
    for (let n = 0; n < 50; n++) await send();
    await until(() => member.messages.length === 50);
    const sending = (async () => {
      while (!over.signal.aborted) await send();
    })();
    await kafka.kill();
    const acknowledged = values.length;
    await sleep(500);
    expect(values.length - acknowledged).toBeLessThanOrEqual(1);

    await kafka.start();
    await until(() => values.length > acknowledged + 50);
    over.abort();
    await sending;
    expect(producer.problem).toBeNull();
    const distinct = () => new Set(member.values()).size;
    await until(() => distinct() === values.length);
    // The consumer may see some twice, the topic has each once: offsets tell.
    const byOffset = new Map(member.messages.map((one) => [one.offset, String(one.value)]));
    expect([...byOffset].toSorted(([a], [b]) => a - b).map(([, value]) => value)).toEqual(values);
    expect(member.consumer.problem).toBeNull();
  });

  it('a consumer says so, sends wait, closing does not, and all goes on after its return', async () => {
    const topic = 'halted';
    await awaitTopics({ config, logger: quiet, topics: [topic] }, AbortSignal.timeout(60_000));
    const producer = closed(new Producer({ config, logger: quiet }));
    const member = new Member({ config, groupId: topic, topics: [topic] });
    closed(member.consumer);
    await producer.send(topic, [{ key: 'a', value: 'before' }]);
    await until(() => member.messages.length === 1);
    await kafka.halt();
    const sending = producer.send(topic, [{ key: 'a', value: 'meanwhile' }]);
    await until(() => member.consumer.problem !== null);
    expect(await member.consumer.commit([{ topic, partition: 0, offset: 0 }])).toBe(false);
    await closeAtOnce();
    await kafka.start();
    await sending;
    await until(() => member.messages.length === 2);
    expect(member.values()).toEqual(['before', 'meanwhile']);
    expect(member.consumer.problem).toBeNull();
  });

  it('a topic that is missing when messages are sent is made before the next try', async () => {
    await late.sending;
    expect(late.producer.retries).toBeGreaterThan(0);
  });
});

/** What is under way without a broker ends when it is told to. */
async function closeAtOnce(): Promise<void> {
  const producer = new Producer({ config, logger: quiet });
  const aborted = new AbortController();
  const first = producer.send('nowhere', [{ key: 'a', value: 'x' }]);
  const second = producer.send('nowhere', [{ key: 'a', value: 'y' }], aborted.signal);
  const member = new Member({ config, groupId: 'nowhere', topics: ['nowhere'] });
  const waiting = awaitTopics({ config, logger: quiet, topics: ['nowhere'] }, aborted.signal);
  await sleep(500);
  aborted.abort();
  await Promise.all([
    producer.close(),
    member.consumer.close(),
    expect(first).rejects.toThrow(SendAbortedError),
    expect(second).rejects.toThrow(SendAbortedError),
    expect(waiting).resolves.toBe(false),
  ]);
}
