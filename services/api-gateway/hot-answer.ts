import type { Body, HeadView } from '#shared/rooms/rooms.contract.ts';
import { COMMON, type RawHeaders } from '#services/api-gateway/headers.ts';
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
 * value, the request's id, is put in anew, which is safe because `writeHead` reads the list at once.
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

  headers(cors: RawHeaders, id: string, rate: RawHeaders, fromCache: boolean): RawHeaders {
    return this.#fill(this.#listsFor(cors).full, id, rate, fromCache);
  }

  /** Headers of the 304. */
  notModified(cors: RawHeaders, id: string, rate: RawHeaders, fromCache: boolean): RawHeaders {
    return this.#fill(this.#listsFor(cors).unchanged, id, rate, fromCache);
  }

  /** By origin: there are as many lists of CORS headers as listed origins, and the empty one. */
  #listsFor(cors: RawHeaders): { full: string[]; unchanged: string[] } {
    let lists = this.#lists.get(cors);
    if (!lists) {
      const tail = [...cors, 'Server-Timing', '', 'X-Request-Id', ''];
      lists = { full: [...this.#full, ...tail], unchanged: [...this.#unchanged, ...tail] };
      this.#lists.set(cors, lists);
    }
    return lists;
  }

  #fill(list: string[], id: string, rate: RawHeaders, fromCache: boolean): RawHeaders {
    list[list.length - 1] = id;
    list[list.length - 3] = fromCache ? KEPT : this.#loaded;
    return rate.length > 0 ? list.concat(rate) : list;
  }
}
