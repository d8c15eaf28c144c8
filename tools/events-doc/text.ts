import { topicOf } from '#shared/kafka/topics.ts';
import { CONTENT_TYPE, type Definition, EnvelopeShape } from '#shared/events/envelope.ts';
import { MessageState } from '#shared/events/message.shape.ts';
import { DEFINITIONS } from '#shared/events/parse.ts';
import type { TSchema } from '#shared/schema.ts';

/** The fields of JSON Schema that the page shows. */
interface Schema {
  type?: string;
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
}

const code = (text: string): string => `\`${text}\``;

/** A schema's type in a word or two. */
function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array') return `array of ${typeOf(schema.items ?? {})}`;
  if (schema.type === 'object' && schema.properties)
    return `{${Object.keys(schema.properties)
      .map((name) => `${name}${schema.required?.includes(name) ? '' : '?'}`)
      .join(', ')}}`;
  return schema.type ?? 'any JSON';
}

const describedBy = ({ description, anyOf }: Schema): string =>
  (description ?? anyOf?.find((one) => one.description)?.description ?? '').replaceAll('|', String.raw`\|`);

function tableOf(shape: TSchema): string {
  const { properties = {}, required = [] } = shape as Schema;
  const rows = Object.entries(properties).map(([name, schema]) => {
    // The message's state has a table of its own.
    const type = name === 'message' ? '[message](#a-message)' : typeOf(schema);
    return `| ${code(name)}${required.includes(name) ? '' : ' (optional)'} | ${type} | ${describedBy(schema)} |`;
  });
  return ['| Field | Type | Meaning |', '|---|---|---|', ...rows].join('\n');
}

const json = (value: unknown): string => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;

const topicName = ({ topic }: Definition): string => code(topicOf({ kafkaTopicPrefix: 'tm' }, topic));

const section = (definition: Definition): string =>
  [
    `### ${definition.type}`,
    `${definition.text} Topic ${topicName(definition)}, version ${definition.version}.`,
    tableOf(definition.data),
    json(definition.example),
  ].join('\n\n');

/** docs/events.md, as Markdown. */
export function eventsDoc(): string {
  return `${[
    '# Events',
    'With `KAFKA_ENABLED=true` every change becomes an event in Kafka. This page is made from `shared/events` by `npm run events-doc`.',
    '## What is certain',
    [
      "- **Every change of a room arrives at least once, in order within its room**, also when Kafka was away or a process died right after the write. `rev` counts a room's changes without a gap, so a reader knows what it has already seen (a rev at or below the last) and whether it missed something (a rev that skips). After a restart of the relay the last events come again, with the same ids.",
      "- Of a group the newest state and its deletion arrive, of a profile the newest state, once it has an account; nothing takes an account away. When the relay has lost its place (Kafka was away for longer than the database's oplog reaches), the newest state of all comes once more; who left a group in that time is then not told.",
      '- An event that Kafka refuses as too large is sent without its state, with `reference: true`.',
      '- Events never make an answer right or wrong: reads come from the database.',
    ].join('\n'),
    '## The envelope',
    `[CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) in structured mode: the value is one JSON object, the header \`content-type\` is \`${CONTENT_TYPE}\`, the key is the subject. Topics begin with \`KAFKA_TOPIC_PREFIX\` (\`tm\`). Fields may be added within a version: ignore those you don't know. A version that you don't know is not for you.`,
    tableOf(EnvelopeShape),
    `\`type\` and \`data\` are:\n\n${DEFINITIONS.map((one) => `- [${one.type}](#${one.type.replaceAll('.', '')}): ${one.text}`).join('\n')}`,
    '## Kinds of events',
    ...DEFINITIONS.map(section),
    '## A message',
    'The state in `message`. Quotes are as they were sent: answers of the API show the quoted message as it is now.',
    tableOf(MessageState),
  ].join('\n\n')}\n`;
}
