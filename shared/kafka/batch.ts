import type { EachBatchPayload, IHeaders, KafkaMessage } from 'kafkajs';

/** A partition of a topic. */
export interface Partition {
  topic: string;
  partition: number;
}

/** How far a partition was read: the offset that comes next. */
export interface Position extends Partition {
  offset: number;
}

/** A message as Kafka has it. */
export interface Incoming extends Partition {
  offset: number;
  key: string | null;
  value: Buffer | null;
  headers: Record<string, string>;
  /** Epoch ms at which it was sent. */
  timestamp: number;
}

/** Messages of one partition, in order; at least one. */
export interface Batch extends Partition {
  messages: Incoming[];
  /** The offset that the next message of the partition will get, as of when the batch was fetched. */
  end: number;
}

function headersOf(headers: IHeaders | undefined): Record<string, string> {
  const texts = Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const [first] = [value].flat();
    return first === undefined ? [] : [[name, first.toString()]];
  });
  return Object.fromEntries(texts);
}

const incomingOf = (at: Partition, { offset, key, value, headers, timestamp }: KafkaMessage): Incoming => ({
  ...at,
  offset: Number(offset),
  key: key === null ? null : key.toString(),
  value,
  headers: headersOf(headers),
  timestamp: Number(timestamp),
});

/** kafkajs' batch as ours. Offsets are numbers: Kafka's 64 bits are not used up before 2^53. */
export function batchOf({ batch }: Pick<EachBatchPayload, 'batch'>): Batch {
  const at = { topic: batch.topic, partition: batch.partition };
  return { ...at, messages: batch.messages.map((one) => incomingOf(at, one)), end: Number(batch.highWatermark) };
}
