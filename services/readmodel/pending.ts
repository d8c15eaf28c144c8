import type { Partition, Position } from '#shared/kafka/batch.ts';

/** When a room's window is written: so many changes wait, or the oldest has waited for so long, in ms. */
export const WRITE_AT = { changes: 200, ms: 10_000 } as const;

/** A change that the topic told of. */
export interface Announced extends Partition {
  offset: number;
  room: string;
  epoch: string;
  rev: number;
  /** Monotonic ms at which it began to wait. */
  since: number;
}

/** What a room's stored window does not have yet, of one partition. */
export interface Item extends Partition {
  readonly room: string;
  epoch: string;
  /** Highest rev that was told of. */
  rev: number;
  /** Lowest offset that waits. */
  first: number;
  changes: number;
  since: number;
  /** Not to be tried before, in monotonic ms. */
  notBefore: number;
}

const keyOf = ({ topic, partition }: Partition): string => `${topic}/${partition}`;
const itemKey = (at: Partition & { room: string }): string => `${keyOf(at)} ${at.room}`;

/**
 * Rooms whose windows are to be written, and how far each partition may be committed: up to its lowest offset that
 * waits or is being written. Rooms, not changes, are remembered, so that it stays small whatever is sent.
 */
export class Pending {
  readonly #writeAt: { changes: number; ms: number };
  readonly #waiting = new Map<string, Item>();
  readonly #writing = new Map<string, Item>();
  readonly #next = new Map<string, Position>();
  readonly #committed = new Map<string, number>();
  /** The partitions that are held, each with what stands for holding it this time. */
  readonly #held = new Map<string, symbol>();

  constructor(writeAt: { changes: number; ms: number } = WRITE_AT) {
    this.#writeAt = writeAt;
  }

  /** Rooms that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** The partitions that are held from now on. What belongs to others is forgotten: it comes again, to whom they went. */
  hold(partitions: readonly Partition[]): void {
    const kept = new Set(partitions.map(keyOf));
    for (const map of [this.#held, this.#next, this.#committed])
      for (const key of map.keys()) if (!kept.has(key)) map.delete(key);
    for (const map of [this.#waiting, this.#writing])
      for (const [key, item] of map) if (!kept.has(keyOf(item))) map.delete(key);
    for (const key of kept) if (!this.#held.has(key)) this.#held.set(key, Symbol(key));
  }

  /** Stands for holding the partition now; undefined when it is not held. Another one once it was lost in between. */
  holding(partition: Partition): symbol | undefined {
    return this.#held.get(keyOf(partition));
  }

  add({ room, epoch, rev, offset, since, topic, partition }: Announced): void {
    const key = itemKey({ topic, partition, room });
    const item = this.#waiting.get(key);
    if (!item) {
      const place = { topic, partition, room, epoch, rev };
      this.#waiting.set(key, { ...place, first: offset, changes: 1, since, notBefore: 0 });
      return;
    }
    item.rev = item.epoch === epoch ? Math.max(item.rev, rev) : rev;
    item.epoch = epoch;
    item.first = Math.min(item.first, offset);
    item.since = Math.min(item.since, since);
    item.changes += 1;
  }

  /** Everything of the partition below this offset was added, or needs nothing. */
  taken(position: Position): void {
    this.#next.set(keyOf(position), position);
  }

  /** Up to `limit` items that are due, which are being written from now on. `all`: due or not. */
  begin(now: number, limit: number, all = false): Item[] {
    const due: Item[] = [];
    for (const [key, item] of this.#waiting) {
      if (due.length >= limit) break;
      const ripe = all || item.changes >= this.#writeAt.changes || now - item.since >= this.#writeAt.ms;
      if (!ripe || now < item.notBefore || this.#writing.has(key)) continue;
      due.push(item);
      this.#waiting.delete(key);
      this.#writing.set(key, item);
    }
    return due;
  }

  /** The item's window is stored, or need not be. */
  done(item: Item): void {
    const key = itemKey(item);
    if (this.#writing.get(key) === item) this.#writing.delete(key);
  }

  /** The item could not be written: it waits again, until `notBefore` at least. Forgotten when its partition is lost. */
  again(item: Item, notBefore: number): void {
    const key = itemKey(item);
    if (this.#writing.get(key) !== item) return;
    this.#writing.delete(key);
    const newer = this.#waiting.get(key);
    if (!newer) this.#waiting.set(key, { ...item, notBefore });
    else {
      newer.first = Math.min(newer.first, item.first);
      newer.since = Math.min(newer.since, item.since);
      newer.changes += item.changes;
      newer.notBefore = notBefore;
      if (newer.epoch === item.epoch) newer.rev = Math.max(newer.rev, item.rev);
    }
  }

  /** What may be committed beyond what was. */
  positions(): Position[] {
    const lowest = new Map([...this.#next].map(([key, { offset }]) => [key, offset]));
    for (const map of [this.#waiting, this.#writing])
      for (const item of map.values()) {
        const key = keyOf(item);
        lowest.set(key, Math.min(lowest.get(key) ?? item.first, item.first));
      }
    return [...this.#next].flatMap(([key, position]) => {
      const offset = lowest.get(key)!;
      return this.#committed.get(key) === offset ? [] : [{ ...position, offset }];
    });
  }

  committed(positions: readonly Position[]): void {
    for (const position of positions) {
      const key = keyOf(position);
      if (this.#held.has(key)) this.#committed.set(key, position.offset);
    }
  }
}
