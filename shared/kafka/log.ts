import { logLevel, type logCreator } from 'kafkajs';
import { sayOnce } from '#shared/say-once.ts';

/** What the Kafka module logs through; a Moleculer logger will do. */
export interface KafkaLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** It knows nothing of the tries that the producer here makes itself, and a consumer's end is told by who began it. */
const BESIDE_THE_POINT = ['Limiting retries for the idempotent producer', 'Crash: '];
/** What the broker says to a question that comes too early: after the first start, and while a group moves. */
const TOO_EARLY = /coordinator is (?:not available|loading)|not the correct coordinator|rebalanc/i;

/**
 * kafkajs' log lines through ours: its errors are what it goes on from by itself, so they are warnings; its news about
 * groups and connections are debug. Only texts and broker are taken: other fields may hold whole messages.
 */
export function kafkajsLog(logger: KafkaLogger): logCreator {
  const warn = sayOnce((message) => logger.warn(message));
  return () =>
    ({ level, namespace, log }) => {
      if (BESIDE_THE_POINT.some((begin) => log.message.startsWith(begin))) return;
      const broker: unknown = log.broker;
      const at = typeof broker === 'string' && broker !== '' ? ` (${broker})` : '';
      const why: unknown = log.error;
      const because = typeof why === 'string' && !log.message.includes(why) ? `: ${why}` : '';
      const text = `Kafka ${namespace}: ${log.message}${because}${at}`;
      const early = TOO_EARLY.test(text);
      if (!early && (level === logLevel.ERROR || level === logLevel.WARN)) warn(text);
      else logger.debug(text);
    };
}
