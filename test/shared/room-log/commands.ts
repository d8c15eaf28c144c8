import * as fc from 'fast-check';
import { isoOf } from '#shared/room-log/times.ts';
import type { Command, NewMessage } from '#shared/room-log/types.ts';
import { draftOf } from './memory-room.ts';

/** Small pools, so that repeats, conflicts and quotes happen often. */
const USERS = ['alice', 'bob', 'carol'] as const;
const messageId = (ids: number) => fc.nat(ids).map((n) => `m${n}`);
/** Ids that a plain object could not hold as keys. */
const reactor = fc.constantFrom('__proto__', 'a.b', '$x', 'constructor', 'u_1');

const quote = (ids: number) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    messageId(ids).map((id) => ({ messageId: id, text: 'as sent' })),
    fc.integer({ min: 1_000, max: 1_030 }).map((ms) => ({ timestamp: isoOf(ms), text: '' })),
  );

const special = (ids: number): fc.Arbitrary<Partial<NewMessage>> =>
  fc
    .record({
      name: fc.constantFrom(...USERS),
      text: fc.string({ maxLength: 8 }),
      replyTo: quote(ids),
      system: fc.boolean(),
      key: fc.option(fc.constantFrom('k1', 'k2'), { nil: undefined, freq: 3 }),
      hash: fc.constantFrom('h1', 'h1', 'h2'),
      media: fc.constantFrom(null, { url: 'https://example.org/x.png' }),
    })
    .map(({ name, text, replyTo, system, key, hash, media }) => ({
      userId: `u_${name}`,
      username: name,
      usernameLc: name,
      text,
      replyTo,
      media,
      previewable: system ? undefined : true,
      ...(key !== undefined && { author: `id:u_${name}`, key, keyHash: hash }),
    }));

const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;

/** Any command, about messages m0 … m`ids`. */
export const anyCommand = (ids: number): fc.Arbitrary<Command> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ id: messageId(ids), special: special(ids) }).map(({ id, special: about }): Command => ({
        op: 'create',
        message: withoutUndefined(draftOf(id, about)),
        fresh: false,
      })),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        op: fc.constant('edit' as const),
        messageId: messageId(ids),
        newText: fc.string({ maxLength: 8 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ op: fc.constant('delete' as const), messageId: messageId(ids) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        op: fc.constant('react' as const),
        messageId: messageId(ids),
        user: fc.record({ userId: reactor, username: fc.constantFrom('Ann', null) }),
        emoji: fc.constantFrom('👍', '❤', '', null),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        op: fc.constant('recolour' as const),
        usernameLc: fc.constantFrom(...USERS),
        colour: fc.constantFrom('red', 'blue'),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ op: 'delete-room' as const }) },
  );

/** Batches of commands, each with the time that the database says: it may stand still or go back. */
export const history = (ids: number, batches = 6, most = 12) =>
  fc.array(
    fc.record({
      at: fc.integer({ min: 1_000, max: 1_030 }),
      commands: fc.array(anyCommand(ids), { minLength: 1, maxLength: most }),
    }),
    { minLength: 1, maxLength: batches },
  );
