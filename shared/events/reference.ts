import type { AnyEvent } from '#shared/events/parse.ts';

/** What of an event's data may be large. */
const LARGE = new Set(['message', 'text', 'group', 'profile']);

/** The event without what may be large: where Kafka refuses it, a reader still learns what to read. */
export function referenceOf<E extends AnyEvent>(event: E): E {
  const small = Object.fromEntries(Object.entries(event.data).filter(([name]) => !LARGE.has(name)));
  return { ...event, data: { ...small, reference: true } };
}
