import { ObjectId } from 'mongodb';
import type { Fault } from '#shared/errors.ts';
import { computeEntry, emptyHead } from '#shared/room-log/compute.ts';
import { keyOf, needsOf, type Loaded } from '#shared/room-log/needs.ts';
import type { Command, Entry, Head, Message, Millis, NewMessage, Outcome } from '#shared/room-log/types.ts';
import { itemOf } from '#shared/room-log/window-item.ts';
import { windowOf } from '#shared/room-log/window.ts';

/** Freezes a value all through, so that a rule that changes its input throws. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  if (value instanceof ObjectId) return value;
  Object.freeze(value);
  if (value instanceof Map) for (const item of value.values()) frozen(item);
  for (const item of Object.values(value)) frozen(item);
  return value;
}

export const EPOCH = 'epoch-1';

/** A new message with whatever a test wants to be special about it. */
export function draftOf(messageId: string, special: Partial<NewMessage> = {}): NewMessage {
  return {
    messageId,
    userId: 'u_1',
    username: 'Alice',
    usernameLc: 'alice',
    avatar: null,
    bubbleColor: null,
    text: `text of ${messageId}`,
    kind: null,
    media: null,
    audio: null,
    replyTo: null,
    previewable: true,
    ...special,
  };
}

export const create = (messageId: string, special: Partial<NewMessage> = {}, fresh = false): Command => ({
  op: 'create',
  message: draftOf(messageId, special),
  fresh,
});

/**
 * A room in memory: computes entries as the writer does and projects them as the collections do (L4). All that it
 * hands to the rules is frozen.
 */
export class MemoryRoom {
  head: Head;
  readonly documents: Map<string, Message>;
  readonly entries: Entry[] = [];
  #colours: Map<string, string>;

  constructor(room: string, from?: MemoryRoom) {
    this.head = from?.head ?? frozen(emptyHead(room, EPOCH));
    this.documents = new Map(from?.documents);
    this.#colours = new Map(from ? from.#colours : []);
  }

  /** Runs commands through as many entries as they need, each of at most `most` commands. */
  run(commands: readonly Command[], at: Millis, most = Infinity): (Outcome | Fault)[] {
    const outcomes: (Outcome | Fault)[] = [];
    while (outcomes.length < commands.length) {
      const some = frozen(commands.slice(outcomes.length, outcomes.length + most));
      const loaded = frozen(this.#load(some));
      const computed = computeEntry({ head: this.head, at, loaded, commands: some, id: new ObjectId() });
      if (computed.taken === 0) throw new Error('an entry took no command');
      if (computed.entry) this.#project(frozen(computed.entry));
      outcomes.push(...frozen(computed.outcomes));
    }
    return outcomes;
  }

  /** The messages above the floor, by seq. */
  live(): Message[] {
    return [...this.documents.values()].filter(({ seq }) => seq > this.head.floorSeq).sort((a, b) => a.seq - b.seq);
  }

  /** The newest window as one query gives it. */
  window(limit = 500) {
    const newestFirst = this.live()
      .reverse()
      .slice(0, limit)
      .map((message) => itemOf(message));
    const { _id: room, rev, floorSeq, seq: headSeq } = this.head;
    const complete = newestFirst.length < limit;
    return frozen(windowOf({ room, epoch: EPOCH, rev, floorSeq, headSeq, newestFirst, complete }));
  }

  #load(commands: readonly Command[]): Loaded {
    const needs = needsOf(commands, true);
    const all = [...this.documents.values()];
    const byKey = new Map<string, Message>();
    for (const { author, key } of needs.keys) {
      const holder = all.find((message) => message.author === author && message.key === key);
      if (holder) byKey.set(keyOf(author, key), holder);
    }
    const live = this.live();
    const byTimestamp = new Map<string, Message>();
    for (const message of live)
      if (needs.timestamps.includes(message.timestamp)) byTimestamp.set(message.timestamp, message);
    return {
      byId: new Map(all.filter(({ messageId }) => needs.messageIds.includes(messageId)).map((m) => [m.messageId, m])),
      byKey,
      byTimestamp,
      colours: new Map([...this.#colours].filter(([name]) => needs.usernames.includes(name))),
      recent: live.slice(-500),
      previewSeqs: live
        .filter(({ previewable }) => previewable)
        .map(({ seq }) => seq)
        .reverse()
        .slice(0, needs.previewSeqs),
    };
  }

  #project(entry: Entry): void {
    this.entries.push(entry);
    for (const { message } of entry.changes) {
      if (!message) continue;
      // A message at or below the floor may hold the id or the key of this one: it gives way (L4).
      for (const [id, held] of this.documents) {
        const holdsKey = held.key !== undefined && held.key === message.key && held.author === message.author;
        if (held.seq <= entry.head.floorSeq && held.seq !== message.seq && (id === message.messageId || holdsKey))
          this.documents.delete(id);
      }
      const there = this.documents.get(message.messageId);
      if (!there || there.rev < message.rev) this.documents.set(message.messageId, message);
    }
    for (const { rev, op } of entry.changes) {
      if ('floorSeq' in op) this.#colours.clear();
      if (!('colour' in op)) continue;
      this.#colours.set(op.usernameLc, op.colour);
      for (const [id, held] of this.documents)
        if (held.usernameLc === op.usernameLc && held.seq >= op.fromSeq && held.seq <= op.toSeq && held.rev < rev)
          this.documents.set(id, frozen({ ...held, bubbleColor: op.colour, rev }));
    }
    this.head = entry.head;
  }
}
