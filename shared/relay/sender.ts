import { referenceOf } from '#shared/events/reference.ts';
import type { AnyEvent } from '#shared/events/parse.ts';
import { MessageTooLargeError, type Outgoing, SendAbortedError } from '#shared/kafka/producer.ts';
import { type Packed, packed, packsOf } from '#shared/relay/packs.ts';

/** How events leave: `Producer` does it. */
export interface Sending {
  send(topic: string, messages: readonly Outgoing[], signal?: AbortSignal): Promise<void>;
}

export interface SenderStats {
  events: number;
  /** Sent without their state, because Kafka refused them as too large. */
  references: number;
}

/** Sends events in order and answers once Kafka has them all. Never gives up one event, and never stops for one. */
export class Sender {
  readonly #producer: Sending;
  readonly #topic: string;
  readonly #stats: SenderStats;
  readonly #tooLarge: (event: AnyEvent) => void;

  constructor(producer: Sending, topic: string, stats: SenderStats, tooLarge: (event: AnyEvent) => void) {
    this.#producer = producer;
    this.#topic = topic;
    this.#stats = stats;
    this.#tooLarge = tooLarge;
  }

  /** Throws SendAbortedError, and nothing else that a later try would mend. */
  async send(events: Iterable<AnyEvent> | AsyncIterable<AnyEvent>, signal: AbortSignal): Promise<void> {
    for await (const pack of packsOf(events)) {
      await this.#sendPack(pack, signal);
      this.#stats.events += pack.length;
    }
  }

  async #sendPack(pack: readonly Packed[], signal: AbortSignal): Promise<void> {
    try {
      const messages = pack.map(({ message }) => message);
      await beforeAbort(this.#producer.send(this.#topic, messages, signal), signal);
    } catch (error) {
      if (!(error instanceof MessageTooLargeError)) throw error;
      // Some of a pack may be in Kafka, so it is sent again from its first event on: the order of first arrival stays.
      if (pack.length > 1) for (const one of pack) await this.#sendPack([one], signal);
      else await this.#sendReference(pack[0]!.event, error, signal);
    }
  }

  async #sendReference(event: AnyEvent, refusal: Error, signal: AbortSignal): Promise<void> {
    // A topic that takes not even a reference is set up wrongly; there is nothing left to leave out.
    if ('reference' in event.data) throw refusal;
    this.#tooLarge(event);
    this.#stats.references += 1;
    await this.#sendPack([packed(referenceOf(event))], signal);
  }
}

/** A request under way may hear of an abort only at its time-out; whoever stops does not wait for that. */
async function beforeAbort(sending: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const abort = () => aborted.reject(new SendAbortedError('aborted while sending'));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await Promise.race([sending, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    // After an abort nobody waits for it any more; before, its error came through the race.
    sending.catch(() => undefined);
  }
}
