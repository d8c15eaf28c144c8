import type { TopicKind } from '#shared/kafka/topics.ts';
import { type Static, type TObject, Type } from '#shared/schema.ts';

/** Events are CloudEvents 1.0 in structured mode: one JSON object a Kafka message. */
export const CONTENT_TYPE = 'application/cloudevents+json; charset=UTF-8';

/** Where all events come from. An id is unique within it. */
export const SOURCE = '/truematch';

/** What `parseEvent` and the docs know of a kind of event. */
export interface Definition<T extends string = string, D extends TObject = TObject> {
  type: T;
  /** Of the data. A new field that readers may ignore keeps it; whatever else changes raises it. */
  version: number;
  topic: TopicKind;
  /** When it is sent, for the docs. */
  text: string;
  data: D;
  example: Envelope & { type: T; data: Static<D> };
}

/** Every attribute but `type` and `data`. */
export const EnvelopeShape = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String({ minLength: 1, description: 'Unique for the change: an event that comes twice has the same id' }),
  source: Type.Literal(SOURCE),
  subject: Type.String({ minLength: 1, description: 'What changed; also the key of the Kafka message' }),
  time: Type.String({ minLength: 20, maxLength: 40, description: "RFC 3339, UTC, by the database's clock" }),
  datacontenttype: Type.Literal('application/json'),
  dataschema: Type.String({ description: '`urn:truematch:event:TYPE:VERSION`: type and version of the data' }),
});
export type Envelope = Static<typeof EnvelopeShape>;

/** An event as its definition says it. */
export type EventOf<Def> = Def extends { type: infer T; data: infer D extends TObject }
  ? Envelope & { type: T; data: Static<D> }
  : never;

/** Which of a change's facts the envelope takes. `at`: epoch ms. */
export interface Occurrence {
  id: string;
  subject: string;
  at: number;
}

export const schemaUrn = (type: string, version: number): string => `urn:truematch:event:${type}:${version}`;

/** The event of a definition. */
export function eventOf<T extends string, D extends TObject>(
  { type, version }: Pick<Definition<T, D>, 'type' | 'version' | 'data'>,
  { id, subject, at }: Occurrence,
  data: Static<D>,
): Envelope & { type: T; data: Static<D> } {
  return {
    specversion: '1.0',
    id,
    source: SOURCE,
    type,
    subject,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    dataschema: schemaUrn(type, version),
    data,
  };
}

/** A definition, with an example made of what happened. */
export function define<const T extends string, D extends TObject>(
  definition: Omit<Definition<T, D>, 'example'> & { example: { of: Occurrence; data: Static<D> } },
): Definition<T, D> {
  const { example, ...rest } = definition;
  return { ...rest, example: eventOf(rest, example.of, example.data) };
}
