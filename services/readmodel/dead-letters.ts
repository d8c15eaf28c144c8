import type { EventFault } from '#shared/events/parse.ts';
import type { Incoming } from '#shared/kafka/batch.ts';
import { MessageTooLargeError, type Outgoing, type Producer } from '#shared/kafka/producer.ts';

/** Why a message is put aside: it is no event of ours, or it tells of a change that no log has. */
export type DeadLetterReason = EventFault | 'not_in_log';

export interface DeadLetter {
  message: Incoming;
  reason: DeadLetterReason;
  /** The reason in a sentence. */
  detail: string;
}

/** Bytes of a sentence in a header: errors may quote what they are about. */
const DETAIL = 500;

/**
 * A dead letter as it is sent: key and value as they came, and in the headers `reason`, `detail` and where it came from
 * (`topic`, `partition`, `offset`, `timestamp` in epoch ms).
 */
function outgoingOf({ message, reason, detail }: DeadLetter): Outgoing {
  const { key, value, topic, partition, offset, timestamp } = message;
  return {
    key: key ?? '',
    value: value ?? '',
    headers: {
      reason,
      detail: detail.slice(0, DETAIL),
      topic,
      partition: String(partition),
      offset: String(offset),
      timestamp: String(timestamp),
    },
  };
}

/** Sends messages to the dead-letter topic; resolves once Kafka has them. One that is too large goes without its value. */
export async function sendDeadLetters(
  producer: Producer,
  topic: string,
  letters: readonly DeadLetter[],
  signal: AbortSignal,
): Promise<void> {
  for (const letter of letters) {
    const outgoing = outgoingOf(letter);
    try {
      await producer.send(topic, [outgoing], signal);
    } catch (error) {
      if (!(error instanceof MessageTooLargeError)) throw error;
      await producer.send(
        topic,
        [{ ...outgoing, value: '', headers: { ...outgoing.headers, truncated: 'true' } }],
        signal,
      );
    }
  }
}
