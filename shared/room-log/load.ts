import type { Collection, Document, Filter } from 'mongodb';
import { isDm } from '#shared/room-id.ts';
import { LIMITS } from '#shared/limits.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import { keyOf, type Loaded, needsOf, type Needs, NOTHING_LOADED, recentOf } from '#shared/room-log/needs.ts';
import type { Command, Head, Message } from '#shared/room-log/types.ts';

export interface Asked {
  room: string;
  head: Head;
  commands: readonly Command[];
  /** See `needsOf`. */
  believesFresh: boolean;
}

type Mutable = {
  byId: Map<string, Message>;
  byKey: Map<string, Message>;
  colours: Map<string, string>;
  recent: Pick<Message, 'seq' | 'usernameLc'>[];
  previewSeqs: number[];
  byTimestamp: Map<string, Pick<Message, 'messageId' | 'seq'>>;
};

/** Clauses of one query: as many index seeks as it has. */
const CLAUSES = 100;

/**
 * L3: reads what the commands of a flush must know, at or after the ends that are known: one query a kind for all rooms,
 * none for a plain new message.
 */
export async function loadFor(collections: Collections, asked: readonly Asked[]): Promise<Map<string, Loaded>> {
  const loaded = new Map<string, Loaded>();
  const needy: { ask: Asked; needs: Needs; found: Mutable }[] = [];
  for (const ask of asked) {
    const needs = needsOf(ask.commands, ask.believesFresh);
    const { messageIds, keys, usernames, timestamps, previewSeqs } = needs;
    if (
      ask.head.seq === 0 ||
      messageIds.length + keys.length + usernames.length + timestamps.length + previewSeqs === 0
    ) {
      loaded.set(ask.room, NOTHING_LOADED);
      continue;
    }
    const found: Mutable = {
      byId: new Map(),
      byKey: new Map(),
      colours: new Map(),
      recent: [],
      previewSeqs: [],
      byTimestamp: new Map(),
    };
    needy.push({ ask, needs, found });
    loaded.set(ask.room, found);
  }
  await Promise.all([
    ...[collections.group, collections.dm].map((messages) => {
      const ours = needy.filter(({ ask }) => isDm(ask.room) === (messages === collections.dm));
      return Promise.all([loadById(messages, ours), loadByKey(messages, ours)]);
    }),
    ...needy.map((one) => loadRoom(collections, one)),
  ]);
  return loaded;
}

type Needy = { ask: Asked; needs: Needs; found: Mutable };

async function loadById(messages: Collection<Message>, needy: readonly Needy[]): Promise<void> {
  const rooms = new Map(needy.map((one) => [one.ask.room, one]));
  const clauses = needy
    .filter(({ needs }) => needs.messageIds.length > 0)
    .map(({ ask, needs }) => ({ room: ask.room, messageId: { $in: needs.messageIds } }));
  await eachFound(messages, clauses, (message) => rooms.get(message.room)!.found.byId.set(message.messageId, message));
}

async function loadByKey(messages: Collection<Message>, needy: readonly Needy[]): Promise<void> {
  const rooms = new Map(needy.map((one) => [one.ask.room, one]));
  const clauses = needy.flatMap(({ ask, needs }) =>
    needs.keys.map(({ author, key }) => ({ room: ask.room, author, key })),
  );
  await eachFound(messages, clauses, (message) =>
    rooms.get(message.room)!.found.byKey.set(keyOf(message.author!, message.key!), message),
  );
}

async function eachFound(
  messages: Collection<Message>,
  clauses: Filter<Message>[],
  take: (message: Message) => void,
): Promise<void> {
  for (let start = 0; start < clauses.length; start += CLAUSES) {
    const some = clauses.slice(start, start + CLAUSES);
    for await (const message of messages.find(some.length === 1 ? some[0]! : { $or: some }, { projection: { _id: 0 } }))
      take(message as Message);
  }
}

/** The rarer needs, a room at a time. */
async function loadRoom(collections: Collections, { ask, needs, found }: Needy): Promise<void> {
  const { room, head, commands } = ask;
  const messages = collections.messages(room);
  const inRoom = { room, seq: { $gt: head.floorSeq, $lte: head.seq } };
  if (needs.previewSeqs > 0) {
    const newest = messages
      .find({ ...inRoom, previewable: true }, { projection: { _id: 0, seq: 1 } })
      .sort({ seq: -1 })
      .limit(needs.previewSeqs);
    for await (const { seq } of newest) found.previewSeqs.push(seq);
  }
  for (const timestamp of needs.timestamps) {
    const [target] = await messages
      .find({ room, timestamp }, shape({ messageId: 1, seq: 1 }))
      .sort({ seq: -1 })
      .limit(1)
      .toArray();
    if (target) found.byTimestamp.set(timestamp, target);
  }
  if (needs.usernames.length === 0) return;
  for await (const { usernameLc, colour, floorSeq } of collections.colours.find({
    room,
    usernameLc: { $in: needs.usernames },
  }))
    if (floorSeq === head.floorSeq) found.colours.set(usernameLc, colour);
  if (recentOf(commands, found.colours).length === 0) return;
  const newest = { room, seq: { $gt: Math.max(head.floorSeq, head.seq - LIMITS.windowMessages), $lte: head.seq } };
  found.recent = await messages.find(newest, shape({ seq: 1, usernameLc: 1 })).toArray();
}

const shape = (projection: Document) => ({ projection: { _id: 0, ...projection } });
