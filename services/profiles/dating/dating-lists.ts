import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { monotonic } from '#shared/deadline.ts';
import { MIB } from '#shared/limits.ts';
import { Slots } from '#shared/slots.ts';
import { type Encoding, encoded } from '#shared/rooms/encode.ts';
import type { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import type { DatingVersion } from '#services/profiles/dating/dating-version.ts';
import { type Reach, touches } from '#services/profiles/dating/reach.ts';
import { type ListQuery, listProfiles } from '#services/profiles/dating/list.ts';

/** Lists that are kept, and their bytes. */
const MAX_LISTS = 1_000;
const MAX_BYTES = 64 * MIB;

/** Of key, tag and the rest beside the body; a guess that keeps many small lists bounded. */
const OVERHEAD = 500;
/** Of an id in a set. */
const ID_BYTES = 100;

/**
 * A change that was never acknowledged, because its writer died before it made a new version, shows after so many ms at the
 * latest. What was acknowledged shows at once.
 */
const MAX_AGE_MS = 300_000;

/** Lists that are made at once: each takes most of a core. The others wait, as long as somebody may wait for them. */
const SLOTS = { atOnce: 2, waiting: 500 } as const;
const LATEST_MS = 4_000;

/** A list ready to be sent. */
export interface List {
  /** Of the content: a change that this list does not show leaves it as it is. */
  etag: string;
  body: Buffer;
  encoding: Encoding;
}

interface Kept extends List {
  /** All changes up to it are in the list, or beyond its reach. */
  version: string;
  madeAt: number;
  reach: Reach;
}

const etagOf = (json: Buffer): string => `W/"${createHash('sha1').update(json).digest('base64url')}"`;

const isYoung = ({ madeAt }: Kept): boolean => monotonic() - madeAt < MAX_AGE_MS;

/**
 * The answers of dating lists, made anew only after a change within their reach: clients ask for them in tight loops, and
 * somebody somewhere always changes something.
 */
export class DatingLists {
  readonly #repository: DatingRepository;
  readonly #version: DatingVersion;
  readonly #kept = new LRUCache<string, Kept>({
    max: MAX_LISTS,
    maxSize: MAX_BYTES,
    sizeCalculation: ({ body, reach }, key) => body.length + key.length + reach.ids.size * ID_BYTES + OVERHEAD,
  });
  readonly #slots = new Slots(SLOTS);
  readonly #making = new Map<string, { version: string; list: Promise<Kept> }>();

  constructor(repository: DatingRepository, version: DatingVersion) {
    this.#repository = repository;
    this.#version = version;
  }

  /**
   * A list that shows every change acknowledged before this call. Throws `overloaded` when too many others have to be
   * made before.
   */
  async get(query: ListQuery, encoding: Encoding): Promise<List> {
    const key = JSON.stringify([encoding, query]);
    // Before the profiles are read: a list may show more than its version says, and never less.
    const version = await this.#version.now();
    const kept = this.#kept.get(key);
    if (kept && isYoung(kept) && (await this.#stillShows(kept, version))) return kept;
    const making = this.#making.get(key);
    if (making?.version === version) return making.list;
    return this.#make(key, version, query, encoding);
  }

  /** Whether nothing within its reach has changed up to `version`. */
  async #stillShows(kept: Kept, version: string): Promise<boolean> {
    if (kept.version === version) return true;
    const news = await this.#version.since(kept.version);
    if (!news || news.changes.some((change) => touches(kept.reach, change))) return false;
    kept.version = news.version;
    return true;
  }

  async #make(key: string, version: string, query: ListQuery, encoding: Encoding): Promise<List> {
    const list = this.#slots.run(() => this.#load(version, query, encoding), monotonic() + LATEST_MS);
    const making = { version, list };
    this.#making.set(key, making);
    try {
      const made = await list;
      this.#kept.set(key, made);
      return made;
    } finally {
      if (this.#making.get(key) === making) this.#making.delete(key);
    }
  }

  async #load(version: string, query: ListQuery, wanted: Encoding): Promise<Kept> {
    const madeAt = monotonic();
    const { json, reach } = await listProfiles(this.#repository, query);
    return { version, madeAt, reach, etag: etagOf(json), ...(await encoded(json, wanted)) };
  }
}
