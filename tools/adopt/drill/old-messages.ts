import { type Document, Long } from 'mongodb';
import { isoOf } from '#shared/room-log/times.ts';
import { seeded } from '#tools/demo/random.ts';
import { LARGE, type Odd, ODD } from '#tools/adopt/drill/odd-messages.ts';
import { objectId } from '#tools/adopt/drill/object-id.ts';

/** A message as our API is to say it. */
export interface Said {
  /** Whether this is what the API says: fields by value, or by a function that is asked. */
  fields: Record<string, unknown>;
  /** As stored: the order in its room. */
  at: number;
  _id: string;
}

export interface OldMessage {
  collection: 'group_messages' | 'dm_messages';
  document: Document;
  /** Null for what nobody can read. */
  room: string | null;
  said: Said | null;
}

/** Rooms under all ids by which the older service kept messages. */
export interface OldRoom {
  room: string;
  ids: { collection: OldMessage['collection']; id: unknown }[];
}

const START = Date.UTC(2024, 0, 1);

function plain(n: number, at: number) {
  const username = ['Ada', 'Bob', 'Çelik'][n % 3]!;
  return {
    messageId: `m-${n}`,
    timestamp: `${isoOf(at).slice(0, 19)}.${String(n % 1_000_000).padStart(6, '0')}+00:00`,
    createdAt: at,
    userId: `u_${n % 3}`,
    username,
    avatar: null,
    bubbleColor: n % 4 === 0 ? '#abc' : null,
    text: `message ${n}`,
    kind: null,
    media: null,
    audio: null,
    replyTo: null,
    edited: false,
    lastEditedAt: null,
    edits: [],
    deleted: false,
    deletedAt: null,
    reactions: {},
  };
}

/** What of a plain message the API says as it was stored. */
const SAID = [
  'messageId',
  'timestamp',
  'userId',
  'username',
  'bubbleColor',
  'text',
  'kind',
  'edited',
  'deleted',
] as const;

/** Another form of a time; each is one that the older service or a script may have left. */
function otherTime(n: number, at: number): unknown {
  return [new Date(at), String(at), Long.fromNumber(at), at][n % 4];
}

function oddOf(n: number): Odd {
  if (n % 701 === 100) return LARGE[Math.floor(n / 701) % LARGE.length]!();
  return n % 7 === 3 ? ODD[Math.floor(n / 7) % ODD.length]!(n) : { stored: {}, said: {} };
}

function one(n: number, at: number, { room, ids }: OldRoom): OldMessage {
  const { collection, id } = ids[n % ids.length]!;
  const base = plain(n, at);
  const odd = oddOf(n);
  const where = collection === 'dm_messages' ? { dmId: id, roomId: id, groupId: id } : { roomId: id, groupId: id };
  const document: Document = { _id: objectId(n), ...where, ...base, ...odd.stored };
  for (const name of odd.without ?? []) delete document[name];
  if (collection === 'dm_messages') delete document.audio;
  if (n % 41 === 0) document.createdAt = otherTime(n, at);
  const said = { ...Object.fromEntries(SAID.map((name) => [name, base[name]])), ...odd.said };
  return { collection, document, room, said: { fields: said, at, _id: objectId(n).toHexString() } };
}

/** What follows a message, now and then: a copy, another one with its id, one that can be in no room. */
function* after(n: number, before: OldMessage, { room, ids }: OldRoom): Generator<OldMessage> {
  const _id = objectId(n, 1);
  const { collection, id } = ids[(n + 1) % ids.length]!;
  const where = collection === 'dm_messages' ? { dmId: id } : { roomId: id, groupId: id };
  const at = before.said!.at;
  if (n % 97 === 5) yield { collection, document: { ...before.document, ...where, _id }, room, said: null };
  if (n % 97 === 6) {
    const document = { ...before.document, ...where, _id, text: `other ${n}`, edits: [], deleted: false };
    const fields = {
      username: before.said!.fields.username,
      text: `other ${n}`,
      messageId: (value: unknown) => /^[\da-f-]{36}$/.test(String(value)),
    };
    yield { collection, document, room, said: { fields, at, _id: _id.toHexString() } };
  }
  if (n % 97 === 7) {
    const { messageId: _messageId, ...document } = { ...plain(n, at), ...where, _id, text: `nameless ${n}` };
    const fields = { text: `nameless ${n}`, messageId: (value: unknown) => /^[\da-f-]{36}$/.test(String(value)) };
    yield { collection, document, room, said: { fields, at, _id: _id.toHexString() } };
  }
  if (n % 211 === 8)
    yield {
      collection: 'dm_messages',
      document: { ...plain(n, at), _id: objectId(n, 2), dmId: 'whatever' },
      room: null,
      said: null,
    };
  if (n % 211 === 9)
    yield {
      collection: 'group_messages',
      document: { ...plain(n, at), _id: objectId(n, 2), groupId: 'dm:alone' },
      room: null,
      said: null,
    };
  if (n % 211 === 10)
    yield { collection: 'group_messages', document: { ...plain(n, at), _id: objectId(n, 2) }, room: null, said: null };
}

/** `count` messages and some more, in no order, several of them in the same ms. */
export function* oldMessages(count: number, rooms: readonly OldRoom[]): Generator<OldMessage> {
  const random = seeded('old messages');
  for (let n = 0; n < count; n += 1) {
    const room = rooms[random.chance(0.3) ? 0 : random.below(rooms.length)]!;
    const message = one(n, START + Math.floor(n / 5) + random.below(3), room);
    yield message;
    yield* after(n, message, room);
  }
}
