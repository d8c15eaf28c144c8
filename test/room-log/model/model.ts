import type { Command, Edit, Head, Message, NewMessage, Outcome, Quote } from '#shared/room-log/types.ts';

/** What a room must be, written as plainly as can be: lists, loops, and nothing of the code under test. */

export type Verdict = Outcome | { fault: string };

export const isRefused = (verdict: Verdict): verdict is { fault: string } => 'fault' in verdict;

const iso = (ms: number) => {
  const [seconds, fraction] = new Date(ms).toISOString().slice(0, -1).split('.');
  return fraction === '000' ? `${seconds}+00:00` : `${seconds}.${fraction}000+00:00`;
};

export class RoomModel {
  readonly room: string;
  rev = 0;
  seq = 0;
  floorSeq = 0;
  createdAt = 0;
  /** Ascending seq; none at or below the floor. */
  messages: Message[] = [];
  colours: Record<string, string> = Object.create(null);

  constructor(room: string) {
    this.room = room;
  }

  find(messageId: string | undefined): Message | undefined {
    return this.messages.find((message) => message.messageId === messageId);
  }

  /** Carries a command out at a time (whole ms); answers what the caller must be answered. */
  apply(command: Command, time: number): Verdict {
    const now = time > this.createdAt ? time : this.createdAt + 1;
    if (command.op === 'create') return this.#create(command.message, now);
    if (command.op === 'recolour') return this.#recolour(command.usernameLc, command.colour);
    if (command.op === 'delete-room') return this.#clear();
    const before = this.find(command.messageId);
    if (!before) return { fault: 'message_not_found' };
    if (command.op === 'edit') return this.#edit(before, command.newText, now);
    if (command.op === 'delete') return this.#delete(before, now);
    return this.#react(before, command.user, command.emoji, now);
  }

  /** The head that readers must find; null for a room that never was. */
  head(): Omit<Head, 'epoch' | 'purgeAt'> | null {
    if (this.rev === 0) return null;
    const { room, rev, seq, floorSeq, createdAt } = this;
    const lastSeq = this.messages.at(-1)?.seq ?? null;
    const previewSeq = this.messages.findLast(({ previewable }) => previewable)?.seq ?? null;
    const head = { _id: room, rev, seq, floorSeq, createdAt, lastSeq, previewSeq };
    if (!room.startsWith('dm:')) return head;
    const [first, second] = room.slice(3).split('|') as [string, string];
    return { ...head, participants: [first, second], ...(lastSeq === null ? {} : { listedAt: createdAt }) };
  }

  /** What a reader must be shown as this message's quote: text and deletion of its target, else what was sent. */
  quote({ replyTo }: Message): Pick<Quote, 'messageId' | 'text' | 'deleted'> | null {
    if (!replyTo) return null;
    const target = this.find(replyTo.messageId);
    const text = target ? target.text : replyTo.text;
    return { messageId: replyTo.messageId, text, deleted: target?.deleted === true };
  }

  /** The messages whose last change lies after (rev, seq), in its order. */
  changedAfter(rev: number, seq: number): Message[] {
    return this.messages
      .filter((message) => message.rev > rev || (message.rev === rev && message.seq > seq))
      .sort((a, b) => a.rev - b.rev || a.seq - b.seq);
  }

  #create(message: NewMessage, now: number): Verdict {
    const twin = this.find(message.messageId);
    if (twin) return { message: twin, replayed: true, count: 0 };
    const holder = this.messages.find(
      ({ author, key }) => message.key !== undefined && author === message.author && key === message.key,
    );
    if (holder && holder.keyHash !== message.keyHash) return { fault: 'idempotency_key_reused' };
    if (holder) return { message: holder, replayed: true, count: 0 };
    this.rev += 1;
    this.seq += 1;
    this.createdAt = now;
    const state: Message = {
      room: this.room,
      ...message,
      replyTo: this.#sentQuote(message.replyTo),
      seq: this.seq,
      rev: this.rev,
      createdAt: now,
      timestamp: iso(now),
      edited: false,
      lastEditedAt: null,
      edits: [],
      deleted: false,
      deletedAt: null,
      reactions: [],
    };
    this.messages.push(state);
    return { message: state, replayed: false, count: 0 };
  }

  /** A quote that names only a time gets the id of the newest message of that time. */
  #sentQuote(quote: Quote | null): Quote | null {
    if (!quote || quote.messageId || !quote.timestamp) return quote;
    const target = this.messages.findLast(({ timestamp }) => timestamp === quote.timestamp);
    return target ? { ...quote, messageId: target.messageId } : quote;
  }

  #replace(before: Message, changes: Partial<Message>): Verdict {
    this.rev += 1;
    const state = { ...before, ...changes, rev: this.rev };
    for (const [name, value] of Object.entries(state)) if (value === undefined) delete state[name as keyof Message];
    this.messages[this.messages.indexOf(before)] = state;
    return { message: state, replayed: false, count: 0 };
  }

  #edit(before: Message, newText: string, now: number): Verdict {
    if (before.deleted) return { fault: 'message_deleted' };
    const edits: Edit[] = [...before.edits, { previousText: before.text, editedAt: iso(now) }].slice(-100);
    return this.#replace(before, { text: newText, edited: true, lastEditedAt: iso(now), edits });
  }

  #delete(before: Message, now: number): Verdict {
    if (before.deleted) return { message: before, replayed: false, count: 0 };
    const nothing = { media: undefined, audio: undefined, previewable: undefined };
    return this.#replace(before, { ...nothing, text: '', edits: [], deleted: true, deletedAt: iso(now) });
  }

  #react(
    before: Message,
    { userId, username }: { userId: string; username: string | null },
    emoji: string | null,
    now: number,
  ): Verdict {
    const wanted = emoji?.trim() ? emoji : null;
    const own = before.reactions.find((one) => one.userId === userId);
    const others = before.reactions.filter((one) => one !== own);
    if (!own && wanted === null) return { message: before, replayed: false, count: 0 };
    if (own && (wanted === null || wanted === own.emoji)) return this.#replace(before, { reactions: others });
    if (!own && others.length >= 2_000) return { fault: 'reactions_full' };
    const reaction = { userId, emoji: wanted!, at: now, username };
    const reactions = own
      ? before.reactions.map((one) => (one === own ? reaction : one))
      : [...before.reactions, reaction];
    return this.#replace(before, { reactions });
  }

  #recolour(usernameLc: string, colour: string): Verdict {
    if (this.messages.length === 0 || this.colours[usernameLc] === colour)
      return { message: null, replayed: false, count: 0 };
    this.rev += 1;
    this.colours[usernameLc] = colour;
    let count = 0;
    for (const [index, message] of this.messages.entries()) {
      if (message.usernameLc !== usernameLc || index < this.messages.length - 500) continue;
      this.messages[index] = { ...message, bubbleColor: colour, rev: this.rev };
      count += 1;
    }
    return { message: null, replayed: false, count };
  }

  #clear(): Verdict {
    const count = this.messages.length;
    if (count === 0) return { message: null, replayed: false, count: 0 };
    this.rev += 1;
    this.floorSeq = this.seq;
    this.messages = [];
    this.colours = Object.create(null);
    return { message: null, replayed: false, count };
  }
}
