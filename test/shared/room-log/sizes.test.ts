import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BSON, ObjectId } from 'mongodb';
import { created } from '#shared/room-log/rules.ts';
import { bytesOf, jsonBytes, opBytes, quoteBytes } from '#shared/room-log/sizes.ts';
import type { Message, Quote } from '#shared/room-log/types.ts';
import { draftOf } from './memory-room.ts';

const bson = (value: object) => BSON.calculateObjectSize(value);
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const json = fc.jsonValue({ maxDepth: 4 });

const quote: fc.Arbitrary<Quote> = fc.record({
  messageId: text,
  username: orNull(text),
  text,
  timestamp: orNull(text),
  kind: orNull(text),
  media: json,
  audio: json,
  deleted: fc.boolean(),
  deletedAt: orNull(text),
});

const message: fc.Arbitrary<Message> = fc
  .record({
    userId: orNull(text),
    username: orNull(text),
    avatar: orNull(text),
    bubbleColor: orNull(text),
    text,
    kind: orNull(text),
    media: json,
    audio: json,
    replyTo: orNull(quote),
    author: text,
    key: text,
    keyHash: text,
    edits: fc.array(fc.record({ previousText: text, editedAt: text }), { maxLength: 120 }),
    reactions: fc.array(
      fc.record({ userId: text, username: orNull(text), emoji: text, at: fc.constant(1_764_000_000_000) }),
      { maxLength: 120 },
    ),
  })
  .map(({ edits, reactions, ...sent }) => ({
    ...created(draftOf('m1', { ...sent, usernameLc: sent.username }), {
      room: 'lobby',
      seq: 1,
      rev: 1,
      createdAt: 1_764_000_000_000,
    }),
    edits,
    reactions,
  }));

describe('bytesOf', () => {
  it('is never below the BSON size, and above it by little', () => {
    fc.assert(
      fc.property(message, (state) => {
        const size = bson({ _id: new ObjectId(), ...state });
        expect(bytesOf(state)).toBeGreaterThanOrEqual(size);
        expect(bytesOf(state)).toBeLessThanOrEqual(size * 1.5 + 400);
      }),
    );
  });

  it('counts characters of several bytes', () => {
    const place = { room: 'lobby', seq: 1, rev: 1, createdAt: 1 };
    const [short, long] = ['', '€'.repeat(20_000)].map((sent) =>
      bytesOf(created(draftOf('m1', { text: sent }), place)),
    );
    expect(long! - short!).toBe(60_000);
  });
});

describe('quoteBytes', () => {
  it('is never below the BSON size', () => {
    fc.assert(fc.property(quote, (sent) => expect(quoteBytes(sent)).toBeGreaterThanOrEqual(bson(sent))));
  });
});

describe('jsonBytes', () => {
  it('is never below the BSON size, for long arrays of small numbers too', () => {
    fc.assert(fc.property(json, (value) => expect(jsonBytes(value) + 6).toBeGreaterThanOrEqual(bson({ v: value }))));
    const long = Array.from({ length: 8_000 }, () => 1.5);
    expect(jsonBytes(long)).toBeGreaterThanOrEqual(bson({ v: long }) - 6);
  });
});

describe('opBytes', () => {
  it('is never below the BSON size of a change without its state', () => {
    const op = { messageId: 'm'.repeat(36), userId: '€'.repeat(200), username: '€'.repeat(200), emoji: '€'.repeat(64) };
    for (const one of [op, { usernameLc: 'ann', colour: 'red', fromSeq: 1, toSeq: 500 }, { floorSeq: 9 }])
      expect(opBytes(one)).toBeGreaterThanOrEqual(bson({ 499: { rev: 1, kind: 'room-deleted', seq: 7, op: one } }) - 5);
  });
});
