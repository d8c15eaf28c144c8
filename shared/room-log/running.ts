import { LIMITS } from '#shared/limits.ts';
import { isDm, participantsOf } from '#shared/room-id.ts';
import { keyOf, type Loaded } from '#shared/room-log/needs.ts';
import { recoloured } from '#shared/room-log/rules.ts';
import { bytesOf } from '#shared/room-log/sizes.ts';
import type { Head, Message, Millis } from '#shared/room-log/types.ts';

export interface Recolouring {
  usernameLc: string;
  colour: string;
  fromSeq: number;
  toSeq: number;
}

const touches = ({ usernameLc, fromSeq, toSeq }: Recolouring, message: Pick<Message, 'seq' | 'usernameLc'>): boolean =>
  message.usernameLc === usernameLc && message.seq >= fromSeq && message.seq <= toSeq;

/**
 * A room while the commands of one entry are applied to it, one after the other (L3): what was loaded at h, with every
 * change so far on top. It changes itself, never a state or what it was given.
 */
export class Running {
  rev: number;
  seq: number;
  floorSeq: number;
  createdAt: Millis;
  readonly #before: Head;
  readonly #loaded: Loaded;
  readonly #states = new Map<string, Message>();
  readonly #sizes = new Map<string, number>();
  readonly #keys = new Map<string, string>();
  readonly #recolourings: (Recolouring & { rev: number })[] = [];
  readonly #colours: Map<string, string>;
  /** seqs of previewable messages, ascending; those removed since are in #gone. */
  #previews: number[];
  readonly #gone = new Set<number>();
  #purgeAt: Millis | undefined;

  constructor(head: Head, loaded: Loaded) {
    this.#before = head;
    this.#loaded = loaded;
    this.rev = head.rev;
    this.seq = head.seq;
    this.floorSeq = head.floorSeq;
    this.createdAt = head.createdAt;
    this.#colours = new Map(loaded.colours);
    const previews = new Set(loaded.previewSeqs.filter((seq) => seq > head.floorSeq && seq <= head.seq));
    if (head.previewSeq !== null) previews.add(head.previewSeq);
    this.#previews = [...previews].sort((a, b) => a - b);
  }

  get room(): string {
    return this.#before._id;
  }

  /** The message as it is now; undefined when it is unknown or at or below the floor (L13). */
  find(messageId: string): Message | undefined {
    const loaded = this.#loaded.byId.get(messageId);
    return this.#states.has(messageId) || loaded ? this.#current(messageId, loaded) : undefined;
  }

  /** The message that an idempotency key stands for. */
  findByKey(author: string, key: string): Message | undefined {
    const name = keyOf(author, key);
    const loaded = this.#loaded.byKey.get(name);
    const ours = this.#keys.get(name);
    const newest = ours === undefined ? undefined : this.find(ours);
    // Below the floor its messageId may have been used again by a message without this key.
    return newest ?? (loaded && loaded.seq > this.floorSeq ? this.#current(loaded.messageId, loaded) : undefined);
  }

  #current(messageId: string, loaded: Message | undefined): Message | undefined {
    let state = this.#states.get(messageId);
    if (!state && loaded) {
      state = this.#recolourings.reduce(
        (now, one) => (touches(one, now) ? recoloured(now, one.colour, one.rev) : now),
        loaded,
      );
      this.#states.set(messageId, state);
    }
    return state && state.seq > this.floorSeq ? state : undefined;
  }

  /** The newest message with this timestamp. */
  findTimestamp(timestamp: string): string | undefined {
    const known = this.#loaded.byTimestamp.get(timestamp);
    let newest = known && known.seq > this.floorSeq ? known : undefined;
    for (const state of this.#states.values())
      if (state.timestamp === timestamp && state.seq > (newest?.seq ?? this.floorSeq)) newest = state;
    return newest?.messageId;
  }

  /** Estimated bytes of a state from `find`. Remembered: a message may have 2,000 reactions, and an entry 500 of them. */
  sizeOf(state: Message): number {
    const known = this.#sizes.get(state.messageId);
    if (known !== undefined) return known;
    const size = bytesOf(state);
    this.#sizes.set(state.messageId, size);
    return size;
  }

  colourOf(usernameLc: string): string | undefined {
    return this.#colours.get(usernameLc);
  }

  /** How many messages a recolouring gives its rev to. */
  countOf(recolouring: Recolouring): number {
    const seqs = new Set<number>();
    for (const message of this.#loaded.recent) if (touches(recolouring, message)) seqs.add(message.seq);
    for (const message of this.#states.values()) if (touches(recolouring, message)) seqs.add(message.seq);
    return seqs.size;
  }

  /** The newest 500 seqs, as far as the room has them. */
  newest(): { fromSeq: number; toSeq: number } {
    return { fromSeq: Math.max(this.floorSeq + 1, this.seq - LIMITS.windowMessages + 1), toSeq: this.seq };
  }

  create(state: Message, size: number): void {
    this.seq = state.seq;
    this.createdAt = state.createdAt;
    if (state.previewable) this.#previews.push(state.seq);
    if (state.author !== undefined && state.key !== undefined)
      this.#keys.set(keyOf(state.author, state.key), state.messageId);
    this.replace(state, size);
  }

  replace(state: Message, size: number): void {
    this.rev = state.rev;
    this.#states.set(state.messageId, state);
    this.#sizes.set(state.messageId, size);
    if (state.deleted) this.#gone.add(state.seq);
  }

  recolour(recolouring: Recolouring, rev: number): void {
    this.rev = rev;
    this.#colours.set(recolouring.usernameLc, recolouring.colour);
    this.#recolourings.push({ ...recolouring, rev });
    for (const [messageId, state] of this.#states) {
      if (!touches(recolouring, state)) continue;
      this.#states.set(messageId, recoloured(state, recolouring.colour, rev));
      this.#sizes.delete(messageId);
    }
  }

  /** L13: nothing at or below the floor exists any more, colours included; seq and createdAt go on. */
  clear(rev: number, at: Millis): void {
    this.rev = rev;
    this.floorSeq = this.seq;
    this.#states.clear();
    this.#sizes.clear();
    this.#keys.clear();
    this.#colours.clear();
    this.#previews = [];
    this.#purgeAt = at;
  }

  /** The head that the changes so far lead to. */
  head(): Head {
    const { participants: _participants, listedAt: _listedAt, ...kept } = this.#before;
    while (this.#gone.has(this.#previews.at(-1) ?? 0)) this.#previews.pop();
    const lastSeq = this.seq > this.floorSeq ? this.seq : null;
    return {
      ...kept,
      rev: this.rev,
      seq: this.seq,
      floorSeq: this.floorSeq,
      createdAt: this.createdAt,
      lastSeq,
      previewSeq: this.#previews.at(-1) ?? null,
      ...(isDm(this.room) && {
        participants: participantsOf(this.room),
        ...(lastSeq !== null && { listedAt: this.createdAt }),
      }),
      ...(this.#purgeAt !== undefined && { purgeAt: this.#purgeAt }),
    };
  }
}
