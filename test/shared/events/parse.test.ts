import { describe, expect, it } from '@jest/globals';
import { schemaUrn } from '#shared/events/envelope.ts';
import { DEFINITIONS, EventError, parseEvent } from '#shared/events/parse.ts';
import { messageCreated } from '#shared/events/room-events.ts';

const reasonOf = (value: unknown): string => {
  try {
    parseEvent(typeof value === 'string' || value === null ? value : JSON.stringify(value));
    return 'none';
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    return error.reason;
  }
};
const { example } = messageCreated;

describe('reading an event', () => {
  it.each(DEFINITIONS.map((one) => [one.type, one] as const))('takes the example of %s', (_type, one) => {
    expect(parseEvent(Buffer.from(JSON.stringify(one.example)))).toEqual(one.example);
    expect(one.example.dataschema).toBe(schemaUrn(one.type, one.version));
  });

  it('takes fields that it does not know', () => {
    const more = { ...example, traceparent: '00-1', data: { ...example.data, mood: 'new' } };
    expect(parseEvent(JSON.stringify(more))).toEqual(more);
  });

  it.each([
    ['nothing', null, 'not_json'],
    ['a truncated one', JSON.stringify(example).slice(0, -20), 'not_json'],
    ['another JSON', [1], 'not_an_event'],
    ['one without an id', { ...example, id: '' }, 'not_an_event'],
    ['one of another program', { ...example, source: '/elsewhere' }, 'not_an_event'],
    ['another type', { ...example, type: 'tm.message.boiled' }, 'foreign_type'],
    ['a later version', { ...example, dataschema: schemaUrn(example.type, 2) }, 'unknown_version'],
    ['one without a rev', { ...example, data: { ...example.data, rev: undefined } }, 'invalid_data'],
    ['a broken state', { ...example, data: { ...example.data, message: { text: 1 } } }, 'invalid_data'],
    ['the kind of another type', { ...example, data: { ...example.data, kind: 'edited' } }, 'invalid_data'],
  ])('refuses %s, saying why', (_what, value, reason) => {
    expect(reasonOf(value)).toBe(reason);
  });
});
