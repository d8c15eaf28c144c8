import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import { Coalescer } from '#shared/coalesce.ts';
import { monotonic } from '#shared/deadline.ts';
import { MIB } from '#shared/limits.ts';
import { looksLikeDatabaseId } from '#shared/room-id.ts';
import type { Body, HeadView } from '#shared/rooms/rooms.contract.ts';
import type { Access } from '#services/api-gateway/access.ts';
import type { Cors } from '#services/api-gateway/cors.ts';
import { negotiate, type Encoding } from '#services/api-gateway/encoding.ts';
import { matches } from '#services/api-gateway/etag.ts';
import type { Log, Surroundings } from '#services/api-gateway/exchange.ts';
import { bufferOf, HotAnswer } from '#services/api-gateway/hot-answer.ts';
import type { Observe } from '#services/api-gateway/request-metrics.ts';
import type { RateLimits } from '#services/api-gateway/rate-limits.ts';
import { requestId } from '#services/api-gateway/request-id.ts';
import type { RoomTarget } from '#services/api-gateway/room-target.ts';
import { callWithin, failureOf, type Caller } from '#services/api-gateway/upstream.ts';

/** URLs known; some 300 bytes each. */
const MAX_URLS = 20_000;
const MAX_URL_LENGTH = 500;

/** Whole answers kept: so many, and so many bytes. */
const MAX_ANSWERS = 10_000;
const MAX_BYTES = 128 * MIB;

/**
 * Rooms a heads call asks for at most (the contract's limit), and calls under way at once for each service: two, so that
 * one that goes to a silent instance does not hold up all.
 */
const HEADS = { batch: 1_000, underWay: 2 };

/** One try of each call; the general way, which takes over after a failure, has tries of its own. */
const TRY_MS = 1_000;

const DEFAULT_COUNT = 100;
const URL_SHAPE = /^\/api\/(?:messages|dm)\/[^/?#]+\/latest(?:\?count=([1-9]\d{0,2}))?$/;

/** The route templates that the hot path serves, for metrics. */
const ROUTES = { messages: '/api/messages/:room/latest', dm: '/api/dm/:dmId/latest' } as const;

interface HotRoom extends RoomTarget {
  count: number;
  /** Names of the kept answers, by encoding. */
  keys: Record<Encoding, string>;
}

/** What the hot path takes over when it cannot answer: the general way, with the time that the request arrived at. */
export type General = (req: IncomingMessage, res: ServerResponse, startedAt: number) => void;

/**
 * `GET …/latest` in front of everything else. An answer is kept whole and sent again for as long as the room's head,
 * asked for after the request arrived, says that nothing changed (P2). All requests waiting in this process share the
 * next heads call, and all that need the same new body share its call.
 */
export class HotLatest {
  readonly #caller: Caller;
  readonly #access: Access;
  readonly #limits: RateLimits;
  readonly #cors: Cors;
  readonly #log: Log;
  readonly #slowMs: number;
  readonly #observe: Observe | undefined;
  readonly #rooms = new LRUCache<string, HotRoom>({ max: MAX_URLS });
  readonly #answers = new LRUCache<string, HotAnswer>({
    max: MAX_ANSWERS,
    maxSize: MAX_BYTES,
    sizeCalculation: (answer) => answer.bytes,
  });
  readonly #fetching = new Map<string, Promise<HotAnswer>>();
  readonly #heads: Record<RoomTarget['service'], Coalescer<HeadView>>;

  constructor(
    caller: Caller,
    { cors, log, slowMs, observe }: Pick<Surroundings, 'cors' | 'log' | 'slowMs' | 'observe'>,
    access: Access,
    limits: RateLimits,
  ) {
    this.#access = access;
    this.#limits = limits;
    this.#observe = observe;
    this.#caller = caller;
    this.#cors = cors;
    this.#log = log;
    this.#slowMs = slowMs;
    this.#heads = { messages: this.#headsOf('messages'), dm: this.#headsOf('dm') };
  }

  #headsOf(service: RoomTarget['service']): Coalescer<HeadView> {
    return new Coalescer(async (rooms) => {
      const heads = await callWithin(this.#caller, `${service}.heads`, { rooms }, TRY_MS);
      return new Map(rooms.map((room, index) => [room, heads[index]!]));
    }, HEADS);
  }

  /**
   * Remembers which room a URL means, when it is of the usual shape: no count, or one of 1 to 500. Not for an id that
   * looks like a databaseId and has no group: it may get one.
   */
  learn(url: string, target: RoomTarget): void {
    if (looksLikeDatabaseId(target.room)) return;
    const shape = url.length <= MAX_URL_LENGTH && URL_SHAPE.exec(url);
    const count = shape ? Number(shape[1] ?? DEFAULT_COUNT) : 0;
    if (count < 1 || count > 500) return;
    const key = `${target.service}\0${target.room}\0${count}\0`;
    const keys = { br: `${key}br`, gzip: `${key}gzip`, identity: `${key}identity` };
    this.#rooms.set(url, { ...target, count, keys });
  }

  /** Forgets kept answers by what their names begin with: `messages:latest:ROOM:100`. Answers how many. */
  purge(prefix: string): number {
    let removed = 0;
    for (const key of this.#answers.keys()) {
      const [service, room, count] = key.split('\0');
      if (`${service}:latest:${room}:${count}`.startsWith(prefix) && this.#answers.delete(key)) removed += 1;
    }
    return removed;
  }

  /**
   * Takes the request when its URL is known; false: it is for the general way, which also refuses who may not read, or
   * has read too much. (A request that it cannot answer after all is counted again there.)
   */
  take(req: IncomingMessage, res: ServerResponse, otherwise: General): boolean {
    const room = req.method === 'GET' ? this.#rooms.get(req.url!) : undefined;
    const reader = room && this.#access.reader(room, req.headers.authorization);
    if (!reader) return false;
    const { values, retryAfter } = this.#limits.take('reads', reader, req);
    if (retryAfter > 0) return false;
    void this.#serve(room, values, req, res, otherwise);
    return true;
  }

  async #serve(
    room: HotRoom,
    rate: readonly string[],
    req: IncomingMessage,
    res: ServerResponse,
    otherwise: General,
  ): Promise<void> {
    const startedAt = monotonic();
    try {
      const encoding = negotiate(req.headers['accept-encoding']);
      const head = await this.#heads[room.service].get(room.room);
      if (!head) throw new Error(`no head came for room ${room.room}`);
      const kept = this.#answers.get(room.keys[encoding]);
      const answer = kept?.isFresh(head) ? kept : await this.#fetch(room, encoding, head);
      this.#send(answer, answer === kept, rate, req, res);
    } catch (error) {
      if (failureOf(error) === 'final') this.#log.error('the hot path failed', error);
      // The general way tries again and tells the caller, in the time that is left.
      otherwise(req, res, startedAt);
      return;
    }
    const ms = monotonic() - startedAt;
    this.#observe?.('GET', ROUTES[room.service], res.statusCode, ms);
    if (ms >= this.#slowMs) this.#log.warn('slow request', { method: 'GET', path: req.url!.split('?', 1)[0], ms });
  }

  /** A body of at least the head's rev; one call for all who need it. */
  #fetch(room: HotRoom, encoding: Encoding, head: HeadView): Promise<HotAnswer> {
    const key = room.keys[encoding];
    const label = `${key}\0${head.epoch}\0${head.rev}`;
    let fetching = this.#fetching.get(label);
    if (!fetching) {
      fetching = this.#load(room, encoding, key).finally(() => this.#fetching.delete(label));
      this.#fetching.set(label, fetching);
    }
    return fetching;
  }

  async #load(room: HotRoom, encoding: Encoding, key: string): Promise<HotAnswer> {
    const query = { room: room.room, count: room.count, encoding };
    const body: Body = await callWithin(this.#caller, `${room.service}.latest`, query, TRY_MS);
    const answer = new HotAnswer({ ...body, body: bufferOf(body.body) });
    const kept = this.#answers.get(key);
    // Of two that were under way at once, the newer one is kept.
    if (!kept || kept.epoch !== answer.epoch || kept.rev <= answer.rev) this.#answers.set(key, answer);
    return answer;
  }

  #send(
    answer: HotAnswer,
    fromCache: boolean,
    rate: readonly string[],
    req: IncomingMessage,
    res: ServerResponse,
  ): void {
    if (res.destroyed) return;
    const { origin, 'if-none-match': ifNoneMatch, 'x-request-id': sentId } = req.headers;
    const cors = this.#cors.headersFor(origin);
    const id = requestId(sentId);
    if (ifNoneMatch !== undefined && matches(ifNoneMatch, answer.etag)) {
      res.writeHead(304, answer.notModified(cors, id, rate, fromCache) as string[]);
      res.end();
    } else {
      res.writeHead(200, answer.headers(cors, id, rate, fromCache) as string[]);
      res.end(answer.body);
    }
  }
}
