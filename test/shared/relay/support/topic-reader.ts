import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#shared/config.ts';
import { type AnyEvent, parseEvent } from '#shared/events/parse.ts';
import type { Incoming } from '#shared/kafka/batch.ts';
import { Consumer } from '#shared/kafka/consumer.ts';
import { ensureTopics } from '#shared/kafka/topics.ts';

export const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Arrived {
  event: AnyEvent;
  message: Incoming;
}

/** Reads a topic from its beginning, and keeps what it has read. */
export interface TopicReader {
  readonly arrived: readonly Arrived[];
  /** Resolves once what has arrived is enough. */
  until(enough: (arrived: readonly Arrived[]) => boolean): Promise<readonly Arrived[]>;
  close(): Promise<void>;
}

export async function readTopic(config: Config, topic: string): Promise<TopicReader> {
  await ensureTopics({ config, logger: SILENT, topics: [topic] });
  const arrived: Arrived[] = [];
  const consumer = new Consumer({
    config,
    logger: SILENT,
    groupId: randomUUID(),
    topics: [topic],
    take: async ({ messages }) => {
      for (const message of messages) arrived.push({ event: parseEvent(message.value), message });
    },
  });
  consumer.start();
  return {
    arrived,
    async until(enough) {
      while (!enough(arrived)) await sleep(20);
      return arrived;
    },
    close: () => consumer.close(),
  };
}

/** The revs in which a subject's events arrived. */
export const revsOf = (arrived: readonly Arrived[], subject: string): number[] =>
  arrived.flatMap(({ event }) => (event.subject === subject && 'rev' in event.data ? [event.data.rev] : []));

/** Each rev where it arrived first. */
export const firstArrivals = (revs: readonly number[]): number[] => [...new Set(revs)];

/** 1, 2, … n. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);
