import { LRUCache } from 'lru-cache';
import { MIB } from '#shared/limits.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import type { WindowRead } from '#shared/room-log/rooms.ts';
import type { Entry, Head, Window } from '#shared/room-log/types.ts';
import { advanced, filled, queried } from '#shared/room-log/window-reads.ts';
import { applyEntry, missingQuotes } from '#shared/room-log/window.ts';
import { sayOnce } from '#shared/say-once.ts';

/** What the windows of a process may hold together; the bytes unless it says otherwise. */
const CACHE_WINDOWS = 5_000;
const CACHE_BYTES = 64 * MIB;

export interface WindowsOptions {
  collections: Collections;
  head(room: string): Promise<Head | null>;
  epochOf(head: Head): string;
  repair(room: string): void;
  readModel: StoredWindows | undefined;
  maxBytes: number | undefined;
  logger: { warn(message: string): void };
}

/** Windows that are ready made, of some rev each; null when there is none. */
export interface StoredWindows {
  load(room: string): Promise<Window | null>;
}

/**
 * The latest window of a room: base (this process's cache, else the read model where there is one, else one indexed
 * query), plus what the log has beyond it (design section 3). The head, read after the reader asked, proves freshness;
 * nothing here expires by time.
 */
export class Windows {
  /** Reads by the base that they began with. */
  readonly stats: Record<WindowRead['base'], number> = { cache: 0, readmodel: 0, query: 0 };
  readonly #options: WindowsOptions;
  readonly #cache: LRUCache<string, Window>;
  readonly #warn: (message: string) => void;
  readonly #refreshing = new Map<string, Promise<WindowRead>>();

  constructor(options: WindowsOptions) {
    this.#options = options;
    this.#warn = sayOnce((message) => options.logger.warn(message));
    this.#cache = new LRUCache({
      max: CACHE_WINDOWS,
      maxSize: options.maxBytes ?? CACHE_BYTES,
      sizeCalculation: ({ bytes }) => bytes + 1,
    });
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
      ({ window: await this.#query(epoch, head), head, base: 'query', changes: 0 } satisfies WindowRead);
    const window = await filled(this.#options.collections, read.window);
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
    const reached = base?.epoch === epoch ? await advanced(this.#options.collections, base, head) : undefined;
    return reached && { ...reached, head, base: source };
  }

  /** The read model's window. Without it, or when it fails, there is still the query. */
  async #stored(room: string): Promise<Window | null> {
    try {
      return (await this.#options.readModel?.load(room)) ?? null;
    } catch (error) {
      this.#warn(`the read model cannot be read: ${String(error)}`);
      return null;
    }
  }

  async #query(epoch: string, head: Head): Promise<Window> {
    return queried(this.#options.collections, epoch, head, () => this.#options.repair(head._id));
  }
}
