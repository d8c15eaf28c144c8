import { LRUCache } from 'lru-cache';
import type { Config } from '#shared/config.ts';
import { EventError, isRoomEvent, parseEvent } from '#shared/events/parse.ts';
import type { Batch } from '#shared/kafka/batch.ts';
import { Consumer } from '#shared/kafka/consumer.ts';
import type { KafkaLogger } from '#shared/kafka/log.ts';
import { topicOf } from '#shared/kafka/topics.ts';
import { noticeOf } from '#services/profiles/push/notice.ts';
import type { Pushes } from '#services/profiles/push/pushes.ts';
import type { ProfilesRepository } from '#services/profiles/profiles.repository.ts';

/** Events that were seen: those after a rebalance come again. */
const REMEMBERED = 10_000;

/** Messages whose notices are sent at the same time; the next are read when one of them is done. */
const AT_ONCE = 50;

export interface DmPushesOptions {
  config: Config;
  logger: KafkaLogger;
  profiles: ProfilesRepository;
  pushes: Pushes;
}

/**
 * Notices of new direct messages, as their events come. A notice may be lost with the process that sends it, or come
 * twice: the message itself is in its room in any case.
 */
export class DmPushes {
  readonly #options: DmPushesOptions;
  readonly #consumer: Consumer;
  readonly #seen = new LRUCache<string, true>({ max: REMEMBERED });
  readonly #sending = new Set<Promise<void>>();

  constructor(options: DmPushesOptions) {
    const { config, logger } = options;
    this.#options = options;
    this.#consumer = new Consumer({
      config,
      logger,
      groupId: `${config.kafkaGroupId}-push`,
      topics: [topicOf(config, 'messages')],
      // What was said before anybody listened is no news.
      from: 'latest',
      take: (batch) => this.take(batch),
    });
  }

  start(): void {
    this.#consumer.start();
  }

  /** Sends the notices of a batch; resolves when there is room for the next. */
  async take({ messages }: Pick<Batch, 'messages'>): Promise<void> {
    for (const { value } of messages) {
      const found = this.#noticeIn(value);
      if (!found) continue;
      const sending = this.#send(found).catch((error: unknown) =>
        this.#options.logger.warn(`A notification could not be sent: ${String(error)}`),
      );
      this.#sending.add(sending);
      void sending.finally(() => this.#sending.delete(sending));
      if (this.#sending.size >= AT_ONCE) await Promise.race(this.#sending);
    }
    const last = messages.at(-1);
    if (last) await this.#consumer.commit([{ ...last, offset: last.offset + 1 }]);
  }

  #noticeIn(value: Buffer | null): ReturnType<typeof noticeOf> {
    try {
      const event = parseEvent(value);
      if (!isRoomEvent(event) || this.#seen.has(event.id)) return null;
      this.#seen.set(event.id, true);
      return noticeOf(event, this.#options.config.pushPreview, Date.now());
    } catch (error) {
      // The read model puts what is no event aside.
      if (error instanceof EventError) return null;
      throw error;
    }
  }

  async #send({ to, notice }: NonNullable<ReturnType<typeof noticeOf>>): Promise<void> {
    const userId = await this.#options.profiles.userIdOfName(to);
    if (userId !== null) await this.#options.pushes.toUser(userId, notice);
  }

  async stop(): Promise<void> {
    await this.#consumer.close();
    await Promise.all(this.#sending);
  }
}
