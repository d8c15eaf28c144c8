import { EventError, parseEvent } from '#shared/events/parse.ts';
import type { Incoming } from '#shared/kafka/batch.ts';

/** Characters of a text that are shown; the rest is in `--json`. */
const SHOWN = 120;

/** On one line, without what a terminal would take for commands. */
export const plain = (text: string): string => {
  const line = text.replaceAll(/\p{Cc}+/gu, ' ');
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
};

/** Where Kafka has a message: `tm.messages/3/1042`. */
export const placeOf = ({ topic, partition, offset }: Incoming): string => `${topic}/${partition}/${offset}`;

function detailsOf(data: Record<string, unknown>): string {
  const counts = ['rev', 'seq'].flatMap((name) => (typeof data[name] === 'number' ? [`${name} ${data[name]}`] : []));
  const said =
    typeof data.text === 'string' ? `${String(data.username ?? '?')}: ${data.text}` : JSON.stringify(data.op);
  return [...counts, said ?? ''].join('  ');
}

/** An event as a line for people; of a message that is none, why. */
export function lineOf(message: Incoming): string {
  try {
    const { time, type, subject, data } = parseEvent(message.value);
    return plain(`${time}  ${type}  ${subject}  ${detailsOf(data)}`);
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    return plain(`${new Date(message.timestamp).toISOString()}  ${placeOf(message)}  no event: ${error.message}`);
  }
}
