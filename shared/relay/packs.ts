import { CONTENT_TYPE } from '#shared/events/envelope.ts';
import type { AnyEvent } from '#shared/events/parse.ts';
import type { Outgoing } from '#shared/kafka/producer.ts';

/** What one request to Kafka takes: far below what a topic takes in one piece (4 MiB), and enough to be fast. */
export const PACK = { events: 500, bytes: 1024 * 1024 };

export interface Packed {
  event: AnyEvent;
  message: Outgoing;
}

const HEADERS = { 'content-type': CONTENT_TYPE };

export const packed = (event: AnyEvent): Packed => ({
  event,
  message: { key: event.subject, value: JSON.stringify(event), headers: HEADERS },
});

/**
 * The events in order, in packs of at most 500 and 1 MiB; an event of more makes one of its own. Serialised pack by
 * pack, so that only one is held.
 */
export async function* packsOf(events: Iterable<AnyEvent> | AsyncIterable<AnyEvent>): AsyncGenerator<Packed[]> {
  let pack: Packed[] = [];
  let bytes = 0;
  for await (const event of events) {
    const next = packed(event);
    const size = Buffer.byteLength(next.message.value);
    if (pack.length > 0 && (pack.length >= PACK.events || bytes + size > PACK.bytes)) {
      yield pack;
      pack = [];
      bytes = 0;
    }
    pack.push(next);
    bytes += size;
  }
  if (pack.length > 0) yield pack;
}
