import type { Config } from '#shared/config.ts';
import type { Access } from '#services/api-gateway/access.ts';
import type { Exchange } from '#services/api-gateway/exchange.ts';
import type { HotLatest } from '#services/api-gateway/hot-latest.ts';
import type { Identity } from '#services/api-gateway/identity.ts';
import type { RateLimits } from '#services/api-gateway/rate-limits.ts';
import type { Avatars } from '#services/api-gateway/media/avatars.ts';
import type { MediaLink } from '#services/api-gateway/media/media-link.ts';
import type { Reply } from '#services/api-gateway/reply.ts';
import type { RoomTargets } from '#services/api-gateway/room-target.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';
import type { Caller } from '#services/api-gateway/upstream.ts';

/** A request as its route's handler sees it. */
export interface Request {
  readonly route: Route;
  readonly exchange: Exchange;
  /** Who makes it. */
  readonly identity: Identity;
  /** The context of this request: calls made through it belong to it. */
  readonly caller: Caller;
  /** When the answer is due, on the monotonic clock. */
  readonly deadline: number;
  /** Path parameters, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** The fields that the route names: path over query over body. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** What handlers share within a gateway. */
export interface Resources {
  readonly access: Access;
  readonly rooms: RoomTargets;
  readonly hot: HotLatest;
  readonly limits: RateLimits;
  readonly media: MediaLink;
  readonly avatars: Avatars;
  readonly config: Pick<Config, 'authMode' | 'mongoDbName' | 'publicUrl' | 'trustProxy'>;
  /** The OpenAPI document. */
  readonly openapi: () => unknown;
}

/** Answers a request; null when the answer was sent already. Throws what the caller is to be told. */
export type Handler = (request: Request, resources: Resources) => Promise<Reply | null>;
