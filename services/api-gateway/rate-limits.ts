import type { IncomingMessage } from 'node:http';
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
  /** `RateLimit-*` as of draft-ietf-httpapi-ratelimit-headers-06. */
  headers: RawHeaders;
  /** Seconds to wait; 0 when the request is within the budget. */
  retryAfter: number;
}

const WINDOW_MS = 60_000;

/** What the sums of times that are no whole numbers may be off by. */
const ROUNDING_MS = 0.001;

/** Callers remembered, some 150 bytes each; of who is forgotten the budget is whole again. */
const MAX_CALLERS = 50_000;

/** How long a count of the gateways is believed, in ms. */
const COUNTED_MS = 5_000;

const NO_LIMIT: Verdict = { headers: [], retryAfter: 0 };

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
    if (over > ROUNDING_MS) return { headers: headersOf(limit, 0, WINDOW_MS), retryAfter: Math.ceil(over / 1_000) };
    whole.at = at;
    return { headers: headersOf(limit, Math.floor((ROUNDING_MS - over) / cost), at - now), retryAfter: 0 };
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
        return `from ${networkOf(clientAddress(req, this.#proxies))}`;
    }
  }

  #alive(now: number): number {
    if (now - this.#countedAt > COUNTED_MS) {
      this.#countedAt = now;
      this.#gateways = Math.max(1, this.#countGateways());
    }
    return this.#gateways;
  }
}

const headersOf = (limit: number, remaining: number, resetMs: number): RawHeaders => [
  'RateLimit-Limit',
  String(limit),
  'RateLimit-Remaining',
  String(remaining),
  'RateLimit-Reset',
  String(Math.ceil(resetMs / 1_000)),
];
