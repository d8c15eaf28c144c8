import { LRUCache } from 'lru-cache';
import { LIMITS, MIB } from '#shared/limits.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import type { WindowRead } from '#shared/room-log/rooms.ts';
import { bytesOf } from '#shared/room-log/sizes.ts';
import type { Entry, Head, Message, Window } from '#shared/room-log/types.ts';
import { applyEntry, missingQuotes, windowOf, withQuotes } from '#shared/room-log/window.ts';

/** What the windows of a process may hold together. */
const CACHE_WINDOWS = 5_000;
const CACHE_BYTES = 64 * MIB;

export interface WindowsOptions {
  collections: Collections;
  head(room: string): Promise<Head | null>;
  epochOf(head: Head): string;
  repair(room: string): void;
  readModel?: StoredWindows;
  logger: { warn(message: string): void };
}

/** Windows that are ready made, of some rev each; null when there is none. */
export interface StoredWindows {
  load(room: string): Promise<Window | null>;
}

/**
 * The latest window of a room: base (this process's cache, else the read model where there is one, else one indexed
 * query), plus what the log has beyond it (design section 3). The head, read after the reader asked, proves freshness; nothing here expires by time.
 */
export class Windows {
  /** Reads by the base that they began with. */
  readonly stats: Record<WindowRead['base'], number> = { cache: 0, readmodel: 0, query: 0 };
  readonly #options: WindowsOptions;
  readonly #cache = new LRUCache<string, Window>({
    max: CACHE_WINDOWS,
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ bytes }) => bytes + 1,
  });
  readonly #refreshing = new Map<string, Promise<WindowRead>>();

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  /** The window of a room now; null when the room has no head. */
  async read(room: string): Promise<WindowRead | null> {
    const found = await this.#read(room);
    if (found) this.stats[found.base] += 1;
    return found;
  }

  async #read(room: string): Promise<WindowRead | null> {
    const head = await this.#options.head(room);
    if (!head) return null;
    const epoch = this.#options.epochOf(head);
    const cached = this.#cache.get(room);
    if (cached && cached.epoch === epoch && cached.rev >= head.rev && missingQuotes(cached).length === 0)
      return { window: cached, head, base: 'cache', changes: 0 };
    // Shared by all who saw this very head: what it brings is at least that new.
    const key = `${room} ${epoch} ${head.rev}`;
    let refresh = this.#refreshing.get(key);
    if (!refresh) {
      refresh = this.#refresh(room, epoch, head).finally(() => this.#refreshing.delete(key));
      this.#refreshing.set(key, refresh);
    }
    return refresh;
  }

  /** Carries entries that this process has just written into the windows that it holds. */
  apply(entries: readonly Entry[], epochOf: (head: Head) => string): void {
    for (const entry of entries) {
      const cached = this.#cache.peek(entry.room);
      if (!cached || cached.epoch !== epochOf(entry.head) || cached.rev !== entry.from - 1) continue;
      const next = applyEntry(cached, entry, cached.epoch);
      if (next) this.#cache.set(entry.room, next);
    }
  }

  async #refresh(room: string, epoch: string, head: Head): Promise<WindowRead> {
    const read =
      (await this.#from('cache', this.#cache.get(room), epoch, head)) ??
      (await this.#from('readmodel', await this.#stored(room), epoch, head)) ??
      ({ window: await this.#query(room, epoch, head), head, base: 'query', changes: 0 } satisfies WindowRead);
    const window = await this.#fillQuotes(read.window);
    const held = this.#cache.peek(room);
    if (!held || held.epoch !== epoch || held.rev <= window.rev) this.#cache.set(room, window);
    return { ...read, window };
  }

  /** A read from a base that may be missing or void; undefined when it does not lead to `head`. */
  async #from(
    source: WindowRead['base'],
    base: Window | null | undefined,
    epoch: string,
    head: Head,
  ): Promise<WindowRead | undefined> {
    const advanced = base?.epoch === epoch ? await this.#advance(base, head) : undefined;
    return advanced && { ...advanced, head, base: source };
  }

  /** The read model's window. Without it, or when it fails, there is still the query. */
  async #stored(room: string): Promise<Window | null> {
    try {
      return (await this.#options.readModel?.load(room)) ?? null;
    } catch (error) {
      this.#options.logger.warn(`the read model of room ${room} cannot be read: ${String(error)}`);
      return null;
    }
  }

  /** `base` plus the log up to `head`; undefined when the log does not reach back, has a hole, or it is too much. */
  async #advance(base: Window, head: Head): Promise<{ window: Window; changes: number } | undefined> {
    if (base.rev >= head.rev) return { window: base, changes: 0 };
    if (head.rev - base.rev > LIMITS.entryChanges) return undefined;
    // A base and a head stand at the ends of entries; one that does not meets a hole below, and is made anew.
    const filter = { room: base.room, from: { $gt: base.rev, $lte: head.rev } };
    let window = base;
    let changes = 0;
    let bytes = 0;
    for await (const entry of this.#options.collections.log.find(filter).sort({ from: 1 }).batchSize(100)) {
      for (const { message } of entry.changes) bytes += message ? bytesOf(message) : 0;
      const next =
        bytes > LIMITS.entryBytes || entry.epoch !== head.epoch ? null : applyEntry(window, entry, base.epoch);
      if (!next) return undefined;
      window = next;
      changes += entry.changes.length;
    }
    return window.rev === head.rev ? { window, changes } : undefined;
  }

  /** Labelled with the head's rev, which was read before this query: a change applied twice is harmless, one missed is not. */
  async #query(room: string, epoch: string, { rev, seq, floorSeq }: Head): Promise<Window> {
    const newestFirst: Message[] = [];
    let bytes = 0;
    let ahead = false;
    const filter = { room, seq: { $gt: floorSeq, $lte: seq } };
    const cursor = this.#options.collections
      .messages(room)
      .find(filter, { projection: { _id: 0 } })
      .sort({ seq: -1 })
      .limit(LIMITS.windowMessages)
      .batchSize(LIMITS.windowMessages);
    for await (const message of cursor) {
      bytes += bytesOf(message);
      if (bytes > LIMITS.windowBytes && newestFirst.length > 0) break;
      newestFirst.push(message);
      ahead ||= message.rev > rev;
    }
    if (ahead) this.#options.repair(room);
    const complete = newestFirst.length === 0 || newestFirst.at(-1)!.seq === floorSeq + 1;
    return windowOf({ room, epoch, rev, floorSeq, headSeq: seq, newestFirst, complete });
  }

  async #fillQuotes(window: Window): Promise<Window> {
    const missing = missingQuotes(window);
    if (missing.length === 0) return window;
    const filter = { room: window.room, messageId: { $in: missing } };
    const found = new Map<string, Message>();
    for await (const message of this.#options.collections
      .messages(window.room)
      .find(filter, { projection: { _id: 0, edits: 0, reactions: 0 } }))
      if (message.seq > window.floorSeq) found.set(message.messageId, message as Message);
    return withQuotes(window, found, missing);
  }
}
