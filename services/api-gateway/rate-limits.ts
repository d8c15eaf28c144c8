import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Config } from '#shared/config.ts';
import { monotonic } from '#shared/deadline.ts';
import { clientAddress } from '#services/api-gateway/client-address.ts';
import type { RawHeaders } from '#services/api-gateway/headers.ts';
import type { Identity } from '#services/api-gateway/identity.ts';
import { networkOf } from '#services/api-gateway/network-of.ts';

/** Requests are counted by what they cost. */
export type RequestClass = 'reads' | 'writes' | 'uploads';

/** What one request did to its caller's budget. */
export interface Verdict {
  /** The values of `RateLimit-Limit`, `-Remaining` and `-Reset`; empty where nothing is counted. */
  values: readonly string[];
  /** Seconds to wait; 0 when the request is within the budget. */
  retryAfter: number;
}

/** In the order of a verdict's values. */
export const RATE_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const;

const WINDOW_MS = 60_000;

/** What the sums of times that are no whole numbers may be off by. */
const ROUNDING_MS = 0.001;

/** Callers remembered, some 150 bytes each; of who is forgotten the budget is whole again. */
const MAX_CALLERS = 50_000;

/** How long a count of the gateways is believed, in ms. */
const COUNTED_MS = 5_000;

const NO_LIMIT: Verdict = { values: [], retryAfter: 0 };

type Settings = Pick<
  Config,
  'authMode' | 'rateLimitReads' | 'rateLimitWrites' | 'rateLimitUploads' | 'rateLimitServiceFactor' | 'trustProxy'
>;

/**
 * A minute's budget for each caller and class of requests, in this gateway's memory; where several gateways are alive
 * each gives its part. It refills steadily, so that one number a caller is enough: when it will be whole again.
 */
export class RateLimits {
  readonly #perMinute: Readonly<Record<RequestClass, number>>;
  readonly #open: boolean;
  readonly #serviceFactor: number;
  readonly #proxies: number;
  readonly #countGateways: () => number;
  readonly #wholeAt = new LRUCache<string, { at: number }>({ max: MAX_CALLERS });
  readonly #networks = new WeakMap<Socket, string>();
  #lastLimit = { number: 0, text: '0' };
  #gateways = 1;
  #countedAt = -Infinity;

  /** `countGateways`: how many are alive, this one included. */
  constructor(settings: Settings, countGateways: () => number) {
    const { rateLimitReads: reads, rateLimitWrites: writes, rateLimitUploads: uploads } = settings;
    this.#perMinute = { reads, writes, uploads };
    this.#open = settings.authMode === 'open';
    this.#serviceFactor = settings.rateLimitServiceFactor;
    this.#proxies = settings.trustProxy;
    this.#countGateways = countGateways;
  }

  /** Takes one request from its caller's budget; a refused one takes nothing. */
  take(requests: RequestClass, identity: Identity, req: IncomingMessage): Verdict {
    const perMinute = this.#perMinute[requests];
    if (perMinute === 0) return NO_LIMIT;
    const now = monotonic();
    const limit = Math.ceil((perMinute * this.#factorOf(identity)) / this.#alive(now));
    const cost = WINDOW_MS / limit;
    const key = `${requests} ${this.#nameOf(identity, req)}`;
    let whole = this.#wholeAt.get(key);
    if (!whole) {
      whole = { at: now };
      this.#wholeAt.set(key, whole);
    }
    const at = Math.max(whole.at, now) + cost;
    const over = at - now - WINDOW_MS;
    if (over > ROUNDING_MS) return { values: [this.#text(limit), '0', '60'], retryAfter: Math.ceil(over / 1_000) };
    whole.at = at;
    const remaining = Math.floor((ROUNDING_MS - over) / cost);
    return { values: [this.#text(limit), String(remaining), String(Math.ceil((at - now) / 1_000))], retryAfter: 0 };
  }

  /** In open mode who sends nothing may be the socket server, which speaks for everybody. */
  #factorOf({ kind }: Identity): number {
    return kind === 'service' || kind === 'admin' || (kind === 'nobody' && this.#open) ? this.#serviceFactor : 1;
  }

  #nameOf(identity: Identity, req: IncomingMessage): string {
    switch (identity.kind) {
      case 'user':
        return `user ${identity.userId}`;
      case 'service':
        return `service ${identity.name}`;
      case 'admin':
        return 'admin';
      default:
        return this.#networkOf(req);
    }
  }

  /** Without proxies all requests of a connection come from one place, which is looked at once. */
  #networkOf(req: IncomingMessage): string {
    if (this.#proxies > 0) return networkOf(clientAddress(req, this.#proxies));
    let network = this.#networks.get(req.socket);
    if (network === undefined) {
      network = networkOf(clientAddress(req, 0));
      this.#networks.set(req.socket, network);
    }
    return network;
  }

  /** There are a handful of limits, and each is told with every answer. */
  #text(limit: number): string {
    if (limit !== this.#lastLimit.number) this.#lastLimit = { number: limit, text: String(limit) };
    return this.#lastLimit.text;
  }

  #alive(now: number): number {
    if (now - this.#countedAt > COUNTED_MS) {
      this.#countedAt = now;
      this.#gateways = Math.max(1, this.#countGateways());
    }
    return this.#gateways;
  }
}

/** The headers of a verdict, as of draft-ietf-httpapi-ratelimit-headers-06. */
export const rateHeaders = ({ values }: Verdict): RawHeaders =>
  values.flatMap((value, index) => [RATE_HEADERS[index]!, value]);
