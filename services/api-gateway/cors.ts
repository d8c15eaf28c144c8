import type { IncomingMessage } from 'node:http';
import type { RawHeaders } from '#services/api-gateway/headers.ts';

/** What pages may read of an answer besides the few headers that they always may. */
const EXPOSED =
  'ETag, X-Request-Id, Idempotent-Replayed, Retry-After, Server-Timing, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset';

const METHODS = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT';

/** Seconds for which a browser may keep the answer to a preflight. */
const MAX_AGE = '600';

const NONE: RawHeaders = [];

export const isPreflight = (req: IncomingMessage): boolean =>
  req.method === 'OPTIONS' && req.headers.origin !== undefined && 'access-control-request-method' in req.headers;

/** Lets exactly the listed origins in: equality, no patterns and no substrings. */
export class Cors {
  readonly #byOrigin: ReadonlyMap<string, RawHeaders>;

  constructor(origins: readonly string[]) {
    this.#byOrigin = new Map(
      origins.map((origin) => [
        origin,
        [
          'Access-Control-Allow-Origin',
          origin,
          'Access-Control-Allow-Credentials',
          'true',
          'Access-Control-Expose-Headers',
          EXPOSED,
        ],
      ]),
    );
  }

  /** The CORS headers of an answer, errors included; none for an origin that is not listed. */
  headersFor(origin: string | undefined): RawHeaders {
    return (origin !== undefined && this.#byOrigin.get(origin)) || NONE;
  }

  /** What the answer to a preflight has beside `headersFor`; null when the origin is not listed. */
  preflight(req: IncomingMessage): RawHeaders | null {
    if (this.headersFor(req.headers.origin).length === 0) return null;
    const requested = req.headers['access-control-request-headers'];
    return [
      'Access-Control-Allow-Methods',
      METHODS,
      'Access-Control-Max-Age',
      MAX_AGE,
      ...(requested ? ['Access-Control-Allow-Headers', requested] : []),
    ];
  }
}
