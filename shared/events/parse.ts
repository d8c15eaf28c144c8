import { Compile } from 'typebox/compile';
import { type Definition, EnvelopeShape, schemaUrn } from '#shared/events/envelope.ts';
import { GROUP_EVENTS, type GroupEvent } from '#shared/events/group-events.ts';
import { PROFILE_EVENTS, type ProfileEvent } from '#shared/events/profile-events.ts';
import { ROOM_EVENTS, type RoomEvent } from '#shared/events/room-events.ts';
import { Type } from '#shared/schema.ts';

/** Every kind of event that is sent, in the order of the docs. */
export const DEFINITIONS: readonly Definition[] = [...Object.values(ROOM_EVENTS), ...GROUP_EVENTS, ...PROFILE_EVENTS];

export type AnyEvent = RoomEvent | GroupEvent | ProfileEvent;

export type EventFault = 'not_json' | 'not_an_event' | 'foreign_type' | 'unknown_version' | 'invalid_data';

/** Why a message is no event of ours; `message` says it in a sentence, for the dead-letter topic. */
export class EventError extends Error {
  override readonly name = 'EventError';
  readonly reason: EventFault;

  constructor(reason: EventFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

const envelope = Compile(Type.Object({ ...EnvelopeShape.properties, type: Type.String(), data: Type.Unknown() }));
const known = new Map(
  DEFINITIONS.map(({ type, version, data }) => [type, { schema: schemaUrn(type, version), data: Compile(data) }]),
);

const first = (errors: readonly { instancePath: string; message: string }[]): string =>
  errors[0] ? `${errors[0].instancePath || '(all)'} ${errors[0].message}` : 'is not as defined';

/**
 * The event in a Kafka message. Fields that the definition does not name are kept and mean nothing. Throws EventError for
 * anything else: another program's message, a later version, a truncated or changed one.
 */
export function parseEvent(value: Buffer | string | null): AnyEvent {
  const event = parsed(value);
  if (!envelope.Check(event)) throw new EventError('not_an_event', `no event: ${first(envelope.Errors(event))}`);
  const definition = known.get(event.type);
  if (!definition) throw new EventError('foreign_type', `events of type ${event.type} are not known here`);
  if (event.dataschema !== definition.schema)
    throw new EventError('unknown_version', `${event.dataschema} is not known here, ${definition.schema} is`);
  if (!definition.data.Check(event.data))
    throw new EventError('invalid_data', `data of ${event.type}: ${first(definition.data.Errors(event.data))}`);
  return event as AnyEvent;
}

function parsed(value: Buffer | string | null): unknown {
  try {
    return JSON.parse(value === null ? '' : value.toString());
  } catch (error) {
    throw new EventError('not_json', `no JSON: ${String(error)}`, { cause: error });
  }
}

/** True for an event of the `messages` topic. */
export const isRoomEvent = (event: AnyEvent): event is RoomEvent => 'room' in event.data;
