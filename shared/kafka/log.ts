import { logLevel, type logCreator } from 'kafkajs';

/** What the Kafka module logs through; a Moleculer logger will do. */
export interface KafkaLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** While a broker is away kafkajs says the same several times a second: once in so many ms is enough. */
const REPEAT_MS = 30_000;
/** Texts remembered, so that endless different ones cost nothing. */
const REMEMBERED = 100;

/** It knows nothing of the tries that the producer here makes itself. */
const BESIDE_THE_POINT = 'Limiting retries for the idempotent producer';

/** A filter that lets a text through unless it was said within the last 30 s. `now` is monotonic ms. */
export function sayOnce(say: (message: string) => void, now: () => number = () => performance.now()) {
  const said = new Map<string, number>();
  return (message: string): void => {
    const last = said.get(message);
    if (last !== undefined && now() - last < REPEAT_MS) return;
    said.delete(message);
    said.set(message, now());
    if (said.size > REMEMBERED) said.delete(said.keys().next().value!);
    say(message);
  };
}

/**
 * kafkajs' log lines through ours: its errors are what it goes on from by itself, so they are warnings; its news about
 * groups and connections are debug. Only text and broker are taken: other fields may hold whole messages.
 */
export function kafkajsLog(logger: KafkaLogger): logCreator {
  const warn = sayOnce((message) => logger.warn(message));
  return () =>
    ({ level, namespace, log }) => {
      if (log.message.startsWith(BESIDE_THE_POINT)) return;
      const broker: unknown = log.broker;
      const at = typeof broker === 'string' && broker !== '' ? ` (${broker})` : '';
      const text = `Kafka ${namespace}: ${log.message}${at}`;
      if (level === logLevel.ERROR || level === logLevel.WARN) warn(text);
      else logger.debug(text);
    };
}
