import type { Body, HeadView } from '#shared/rooms/rooms.contract.ts';
import { COMMON, type RawHeaders } from '#services/api-gateway/headers.ts';
import { RATE_HEADERS } from '#services/api-gateway/rate-limits.ts';
import { JSON_TYPE } from '#services/api-gateway/reply.ts';

/** Of headers and labels beside the body; a guess that keeps many small answers bounded. */
const OVERHEAD = 2_000;

/** `Server-Timing`: where the base of the window came from, and how many changes were applied to it. */
export const timing = (base: Body['base'], changes: number): string => `base;desc="${base}", changes;desc="${changes}"`;

/** Some serializers answer a plain Uint8Array. */
export const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const KEPT = timing('cache', 0);

/**
 * A whole answer of `…/latest`, ready to be sent any number of times. Its header lists are made once; only the last
 * values (rates, timing, the request's id) are put in anew, which is safe because `writeHead` reads the list at once.
 */
export class HotAnswer {
  readonly etag: string;
  readonly epoch: string;
  readonly rev: number;
  readonly body: Buffer;
  readonly bytes: number;
  readonly #full: string[];
  readonly #unchanged: string[];
  readonly #loaded: string;
  readonly #lists = new Map<RawHeaders, { full: string[]; unchanged: string[] }>();

  constructor({ etag, epoch, rev, body, encoding, base, changes }: Body) {
    this.etag = etag;
    this.epoch = epoch;
    this.rev = rev;
    this.body = body;
    this.bytes = body.length + OVERHEAD;
    this.#loaded = timing(base, changes);
    this.#unchanged = [...COMMON, 'Cache-Control', 'no-cache', 'ETag', etag];
    this.#full = [
      ...this.#unchanged,
      'Content-Type',
      JSON_TYPE,
      'Content-Length',
      String(body.length),
      ...(encoding === 'identity' ? [] : ['Content-Encoding', encoding]),
    ];
  }

  /** True when it shows all that the head counts. */
  isFresh(head: HeadView): boolean {
    return this.rev >= head.rev && this.epoch === head.epoch;
  }

  headers(cors: RawHeaders, id: string, rate: readonly string[], fromCache: boolean): RawHeaders {
    return this.#fill(this.#listsFor(cors, rate).full, id, rate, fromCache);
  }

  /** Headers of the 304. */
  notModified(cors: RawHeaders, id: string, rate: readonly string[], fromCache: boolean): RawHeaders {
    return this.#fill(this.#listsFor(cors, rate).unchanged, id, rate, fromCache);
  }

  /** By origin: there are as many lists of CORS headers as listed origins, and the empty one. */
  #listsFor(cors: RawHeaders, rate: readonly string[]): { full: string[]; unchanged: string[] } {
    let lists = this.#lists.get(cors);
    if (!lists) {
      // Either all answers of a gateway tell rates, or none does.
      const rates = rate.flatMap((value, index) => [RATE_HEADERS[index]!, value]);
      const tail = [...cors, ...rates, 'Server-Timing', '', 'X-Request-Id', ''];
      lists = { full: [...this.#full, ...tail], unchanged: [...this.#unchanged, ...tail] };
      this.#lists.set(cors, lists);
    }
    return lists;
  }

  #fill(list: string[], id: string, rate: readonly string[], fromCache: boolean): RawHeaders {
    const end = list.length;
    list[end - 1] = id;
    list[end - 3] = fromCache ? KEPT : this.#loaded;
    for (let n = 1; n <= rate.length; n++) list[end - 3 - 2 * n] = rate[rate.length - n]!;
    return list;
  }
}
