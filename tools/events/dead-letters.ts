import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Incoming } from '#shared/kafka/batch.ts';
import { Consumer } from '#shared/kafka/consumer.ts';
import type { Extent } from '#shared/kafka/extent.ts';
import { Producer } from '#shared/kafka/producer.ts';
import { topicOf } from '#shared/kafka/topics.ts';
import { type EventsConfig, logger, lookInto } from '#tools/events/kafka.ts';
import { placeOf, plain } from '#tools/events/lines.ts';
import type { Meter } from '#tools/meter.ts';

const POLL_MS = 300;

/** The group whose positions tell up to where dead letters were retried. */
const retryGroupOf = ({ kafkaGroupId }: EventsConfig): string => `${kafkaGroupId}-dead-letters`;

async function extents(config: EventsConfig): Promise<Extent[]> {
  const topic = topicOf(config, 'dead-letters');
  return (await lookInto(config, [topic], retryGroupOf(config))).get(topic) ?? [];
}

const sum = (of: readonly Extent[], from: 'begin' | 'position'): number =>
  of.reduce((count, one) => count + one.end - one[from], 0);

/** A dead letter as a line for people. */
export function letterLine(letter: Incoming): string {
  const { reason = '?', detail = '', topic = '?', partition = '?', offset = '?' } = letter.headers;
  const time = new Date(letter.timestamp).toISOString();
  const from = `${topic}/${partition}/${offset}`;
  return [time, plain(from), plain(reason), plain(`key ${letter.key ?? ''}`), plain(detail)].join('  ');
}

/** A dead letter for other programs. A value that is no text comes as base64. */
export function letterJson(letter: Incoming): string {
  const { key, headers, value, timestamp } = letter;
  const text = value?.toString() ?? null;
  const intact = text === null || Buffer.from(text).equals(value!);
  return JSON.stringify({
    place: placeOf(letter),
    at: new Date(timestamp).toISOString(),
    key,
    headers,
    ...(intact ? { value: text } : { base64: value!.toString('base64') }),
  });
}

/**
 * Hands out, partition by partition in order, the dead letters that are there now: those that were not retried yet, or
 * `all`. Changes nothing. Answers how many they were.
 */
export async function eachDeadLetter(
  config: EventsConfig,
  { all, meter }: { all: boolean; meter: (total: number) => Meter },
  see: (letter: Incoming) => void,
): Promise<number> {
  const parts = await extents(config);
  const from = all ? 'begin' : 'position';
  const total = sum(parts, from);
  if (total === 0) return 0;
  const open = new Set(parts.filter((one) => one.end > one[from]).map(({ partition }) => partition));
  const shown = meter(total);
  const consumer = new Consumer({
    config,
    logger,
    groupId: `${retryGroupOf(config)}-list-${randomUUID()}`,
    topics: [topicOf(config, 'dead-letters')],
    async take({ partition, messages }) {
      const part = parts.find((one) => one.partition === partition);
      if (!part || !open.has(partition)) return;
      for (const letter of messages)
        if (letter.offset >= part[from] && letter.offset < part.end) {
          see(letter);
          shown.step();
        }
      if (messages.at(-1)!.offset + 1 >= part.end) open.delete(partition);
    },
  });
  consumer.start();
  while (open.size > 0) await sleep(POLL_MS);
  await consumer.close();
  shown.end();
  return total;
}

export interface Retried {
  /** Sent again to the topic they came from. */
  sent: number;
  /** Passed over; each was told. */
  skipped: number;
}

/** Why a dead letter cannot be sent again; undefined when it can. */
function obstacle({ headers }: Incoming, topics: readonly string[]): string | undefined {
  if (headers.truncated === 'true') return 'its value was too large to be kept; npm run rebuild makes the window anew';
  if (!topics.includes(headers.topic ?? ''))
    return `it came from ${headers.topic ?? 'nowhere'}, which is no topic of ours`;
  return undefined;
}

/**
 * Sends the dead letters that are there now, and were not retried yet, to the topics that they came from. What fails
 * again comes back as a new dead letter. How far it came is kept in Kafka after each batch, so a run that was interrupted
 * goes on there, and at most sends a batch twice, which readers of events bear.
 */
export async function retryDeadLetters(
  config: EventsConfig,
  meter: (total: number) => Meter,
  tell: (line: string) => void,
): Promise<Retried> {
  const parts = await extents(config);
  const total = sum(parts, 'position');
  const result = { sent: 0, skipped: 0 };
  if (total === 0) return result;
  const topics = (['messages', 'groups', 'profiles'] as const).map((kind) => topicOf(config, kind));
  const shown = meter(total);
  const producer = new Producer({ config, logger });
  const again = async (letter: Incoming) => {
    const why = obstacle(letter, topics);
    if (why !== undefined) {
      result.skipped += 1;
      return tell(`${placeOf(letter)} is passed over: ${why}`);
    }
    const headers = { 'retried-from': placeOf(letter) };
    await producer.send(letter.headers.topic!, [{ key: letter.key ?? '', value: letter.value ?? '', headers }]);
    result.sent += 1;
  };
  const consumer = new Consumer({
    config,
    logger,
    groupId: retryGroupOf(config),
    topics: [topicOf(config, 'dead-letters')],
    async take({ topic, partition, messages }) {
      const end = parts.find((one) => one.partition === partition)?.end ?? 0;
      // What came back meanwhile is for the next run, else one that never succeeds would go round for ever.
      const mine = messages.filter(({ offset }) => offset < end);
      for (const letter of mine) await again(letter);
      if (mine.length === 0) return;
      const kept = await consumer.commit([{ topic, partition, offset: mine.at(-1)!.offset + 1 }]);
      if (!kept) throw new Error('Kafka did not keep the position');
      shown.step(mine.length);
    },
  });
  consumer.start();
  // By Kafka's positions: another run may be doing some of it.
  while (!(await isDone(config, parts))) await sleep(POLL_MS);
  await Promise.all([consumer.close(), producer.close()]);
  shown.end();
  return result;
}

async function isDone(config: EventsConfig, parts: readonly Extent[]): Promise<boolean> {
  const now = await extents(config);
  return parts.every(({ partition, end }) => now.some((one) => one.partition === partition && one.position >= end));
}
