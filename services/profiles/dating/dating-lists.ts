import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { monotonic } from '#shared/deadline.ts';
import { MIB } from '#shared/limits.ts';
import { type Encoding, encoded } from '#shared/rooms/encode.ts';
import type { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import type { DatingVersion } from '#services/profiles/dating/dating-version.ts';
import { type ListQuery, listProfiles } from '#services/profiles/dating/list.ts';

/** Lists that are kept, and their bytes. */
const MAX_LISTS = 1_000;
const MAX_BYTES = 64 * MIB;

/** Of key, tag and the rest beside the body; a guess that keeps many small lists bounded. */
const OVERHEAD = 500;

/**
 * A change that was never acknowledged, because its writer died before it made a new version, shows after so many ms at the
 * latest. What was acknowledged shows at once.
 */
const MAX_AGE_MS = 60_000;

/** A list ready to be sent. */
export interface List {
  /** Of the content: a change that this list does not show leaves it as it is. */
  etag: string;
  body: Buffer;
  encoding: Encoding;
}

interface Made {
  version: string;
  madeAt: number;
}

const etagOf = (json: Buffer): string => `W/"${createHash('sha1').update(json).digest('base64url')}"`;

/** The answers of dating lists, made once for each version of the profiles: clients ask for them in tight loops. */
export class DatingLists {
  readonly #repository: DatingRepository;
  readonly #version: DatingVersion;
  readonly #kept = new LRUCache<string, Made & List>({
    max: MAX_LISTS,
    maxSize: MAX_BYTES,
    sizeCalculation: ({ body }, key) => body.length + key.length + OVERHEAD,
  });
  readonly #making = new Map<string, Made & { list: Promise<List> }>();

  constructor(repository: DatingRepository, version: DatingVersion) {
    this.#repository = repository;
    this.#version = version;
  }

  /** A list that shows every change acknowledged before this call. */
  async get(query: ListQuery, encoding: Encoding): Promise<List> {
    // Before the profiles are read: a list may show more than its version says, and never less.
    const version = await this.#version.now();
    const key = JSON.stringify([encoding, query]);
    const isFresh = (made: Made) => made.version === version && monotonic() - made.madeAt < MAX_AGE_MS;
    const kept = this.#kept.get(key);
    if (kept && isFresh(kept)) return kept;
    const making = this.#making.get(key);
    if (making && isFresh(making)) return making.list;
    return this.#make(key, version, query, encoding);
  }

  async #make(key: string, version: string, query: ListQuery, encoding: Encoding): Promise<List> {
    const made = { version, madeAt: monotonic() };
    const list = this.#load(query, encoding);
    const making = { ...made, list };
    this.#making.set(key, making);
    try {
      const done = await list;
      this.#kept.set(key, { ...made, ...done });
      return done;
    } finally {
      if (this.#making.get(key) === making) this.#making.delete(key);
    }
  }

  async #load(query: ListQuery, wanted: Encoding): Promise<List> {
    const json = await listProfiles(this.#repository, query);
    return { etag: etagOf(json), ...(await encoded(json, wanted)) };
  }
}
