import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { DEADLINES } from '#shared/deadline.ts';
import { callWithin, failureOf, type Caller } from '#services/api-gateway/upstream.ts';

/** The same avatar comes with every message of its user; this many are remembered, each in about 300 bytes. */
const REMEMBERED = 5_000;

/** Shorter than the day after which a file that nothing names may be removed. */
const REMEMBERED_MS = 60 * 60_000;

/** A write waits for its avatar for so long at most, in ms: half of what a gateway's write has. */
const WAIT_MS = DEADLINES.gateway / 2;

export const isDataUrl = (value: unknown): value is string => typeof value === 'string' && /^data:/i.test(value);

/** Avatars that come as data URLs become files. */
export class Avatars {
  readonly #urls = new LRUCache<string, string>({ max: REMEMBERED, ttl: REMEMBERED_MS });
  readonly #underWay = new Map<string, Promise<string | null>>();

  /**
   * Where the avatar is, from now on; a path of the gateway or a whole URL. Null when the media service is away or does
   * not answer. Throws when it is no image that is taken.
   */
  async keep(caller: Caller, dataUrl: string): Promise<string | null> {
    const id = createHash('sha256').update(dataUrl).digest('base64url');
    const known = this.#urls.get(id);
    if (known !== undefined) return known;
    const asked = this.#underWay.get(id) ?? this.#ask(caller, id, dataUrl);
    return asked;
  }

  #ask(caller: Caller, id: string, dataUrl: string): Promise<string | null> {
    const asked = (async () => {
      try {
        const { url } = await callWithin(caller, 'media.avatar', { dataUrl }, WAIT_MS);
        this.#urls.set(id, url);
        return url;
      } catch (error) {
        if (failureOf(error) === 'final' && !isStoreFault(error)) throw error;
        return null;
      } finally {
        this.#underWay.delete(id);
      }
    })();
    this.#underWay.set(id, asked);
    return asked;
  }
}

/** A store that fails is no reason to refuse what the avatar came with. */
const isStoreFault = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && error.code >= 500;
