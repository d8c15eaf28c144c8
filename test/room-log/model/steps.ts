import {
  type Arbitrary,
  boolean,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  option,
  record,
  string,
} from 'fast-check';
import type { Command, NewMessage } from '#shared/room-log/types.ts';

/** Random steps. Ids, users and keys come from small pools, so that repeats, quotes and refusals are common. */

/** Two groups and a DM, of one run. */
export const roomsOf = (run: number): string[] => [`lobby-${run}`, `games-${run}`, `dm:ann|bob-${run}`];

/** A command as generated; a quote by time is filled in from the room as it is then. */
export type Intent =
  | {
      op: 'create';
      id: number;
      user: number;
      text: string;
      quote: Quoting | null;
      key: Key | null;
      media: boolean;
      system: boolean;
    }
  | { op: 'edit'; id: number; text: string }
  | { op: 'delete'; id: number }
  | { op: 'react'; id: number; user: number; emoji: string | null }
  | { op: 'recolour'; user: number; colour: string }
  | { op: 'delete-room' };

type Quoting = { by: 'id' | 'time'; id: number };
type Key = { key: string; body: string };

export interface Step {
  room: number;
  /** Which of the instances writes, and which one reads afterwards. */
  writer: number;
  reader: number;
  intent: Intent;
  /** How far the clocks move before the step, in ms. */
  tick: number;
  /** Sizes of the pages and of the changes feed. */
  pageSize: number;
  feedSize: number;
  /** Which of the earlier cursors the feed goes on from. */
  cursor: number;
  byTime: boolean;
  /** An instance sweeps before the step. */
  sweep: boolean;
}

const USERS = ['Ann', 'Bob', '__proto__', 'a.b', '$x'] as const;

const id = nat(9);
const user = nat(USERS.length - 1);
const text = string({ maxLength: 12 });
const emoji = constantFrom<string | null>('❤️', '👍', ' ', null);

const createArb: Arbitrary<Intent> = record({
  op: constant('create' as const),
  id,
  user,
  text,
  quote: option<Quoting>(record({ by: constantFrom('id' as const, 'time' as const), id }), { freq: 1 }),
  key: option<Key>(record({ key: constantFrom('k1', 'k2'), body: constantFrom('one', 'one', 'another') }), {
    freq: 1,
  }),
  media: boolean(),
  system: boolean(),
});

const intentArb: Arbitrary<Intent> = oneof(
  { weight: 10, arbitrary: createArb },
  { weight: 3, arbitrary: record({ op: constant('edit' as const), id, text }) },
  { weight: 3, arbitrary: record({ op: constant('delete' as const), id }) },
  { weight: 4, arbitrary: record({ op: constant('react' as const), id, user, emoji }) },
  {
    weight: 2,
    arbitrary: record({ op: constant('recolour' as const), user, colour: constantFrom('red', 'blue') }),
  },
  { weight: 1, arbitrary: record({ op: constant('delete-room' as const) }) },
);

export const stepArb = (instances: number): Arbitrary<Step> =>
  record({
    // Most steps meet in one room.
    room: constantFrom(0, 0, 1, 2, 2),
    writer: nat(instances - 1),
    reader: nat(instances - 1),
    intent: intentArb,
    tick: constantFrom(0, 0, 1, 700, 3_000),
    pageSize: integer({ min: 1, max: 7 }),
    feedSize: integer({ min: 1, max: 5 }),
    cursor: nat(1_000),
    byTime: boolean(),
    sweep: constantFrom(false, false, false, false, false, false, false, true),
  });

/** The command of an intent. `timeOf` knows the timestamps of the room's messages. */
export function commandOf(intent: Intent, timeOf: (messageId: string) => string | undefined): Command {
  switch (intent.op) {
    case 'create':
      return { op: 'create', message: messageOf(intent, timeOf), fresh: false };
    case 'edit':
      return { op: 'edit', messageId: idOf(intent.id), newText: intent.text };
    case 'delete':
      return { op: 'delete', messageId: idOf(intent.id) };
    case 'react': {
      const reactor = { userId: USERS[intent.user]!, username: USERS[intent.user]!.toUpperCase() };
      return { op: 'react', messageId: idOf(intent.id), user: reactor, emoji: intent.emoji };
    }
    case 'recolour':
      return { op: 'recolour', usernameLc: USERS[intent.user]!.toLowerCase(), colour: intent.colour };
    case 'delete-room':
      return { op: 'delete-room' };
  }
}

const idOf = (pick: number) => `m${pick}`;

function messageOf(
  { id: pick, user: author, text: said, quote, key, media, system }: Extract<Intent, { op: 'create' }>,
  timeOf: (messageId: string) => string | undefined,
): NewMessage {
  const username = USERS[author]!;
  const replyTo = quote && {
    ...(quote.by === 'id' ? { messageId: idOf(quote.id) } : { timestamp: timeOf(idOf(quote.id)) ?? 'never' }),
    text: 'as it was sent',
  };
  return {
    messageId: idOf(pick),
    userId: username,
    username,
    usernameLc: username.toLowerCase(),
    avatar: null,
    bubbleColor: null,
    text: said,
    kind: media ? 'image' : null,
    media: media ? { url: '/a.png', 'a.b': { $x: 1 } } : null,
    audio: null,
    replyTo,
    ...(system ? {} : { previewable: true as const }),
    ...(key && { author: `id:${username}`, key: key.key, keyHash: key.body }),
  };
}
