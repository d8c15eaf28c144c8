import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '#shared/config.ts';
import { DEADLINES } from '#shared/deadline.ts';
import { Tokens } from '#shared/tokens.ts';
import { Access } from '#services/api-gateway/access.ts';
import { Cors } from '#services/api-gateway/cors.ts';
import type { Exchange, Log, Surroundings } from '#services/api-gateway/exchange.ts';
import type { Resources } from '#services/api-gateway/handlers/handler.ts';
import { HotLatest } from '#services/api-gateway/hot-latest.ts';
import { Identities } from '#services/api-gateway/identity.ts';
import { createListener, exchangeOf, type Routing } from '#services/api-gateway/listener.ts';
import { openapiOf } from '#services/api-gateway/openapi/document.ts';
import { RateLimits } from '#services/api-gateway/rate-limits.ts';
import { Avatars } from '#services/api-gateway/media/avatars.ts';
import { MediaLink } from '#services/api-gateway/media/media-link.ts';
import { requestMetrics } from '#services/api-gateway/request-metrics.ts';
import { RoomTargets } from '#services/api-gateway/room-target.ts';
import { RouteTable } from '#services/api-gateway/route-table.ts';
import { ROUTES } from '#services/api-gateway/routes/index.ts';
import { serve } from '#services/api-gateway/serve.ts';
import { HttpServer } from '#services/api-gateway/server.ts';
import { callWithin, type Caller } from '#services/api-gateway/upstream.ts';

type GatewayConfig = Pick<
  Config,
  | 'corsOrigins'
  | 'slowRequestMs'
  | 'mongoDbName'
  | 'publicUrl'
  | 'healthPort'
  | 'authMode'
  | 'serviceKeys'
  | 'adminToken'
  | 'rateLimitReads'
  | 'rateLimitWrites'
  | 'rateLimitUploads'
  | 'rateLimitServiceFactor'
  | 'jwtSecret'
  | 'trustProxy'
>;

/** A request as moleculer-web hands it to an alias. */
export interface RoutedRequest extends IncomingMessage {
  $ctx: Caller;
  $params: { params: Record<string, string> };
}
export type Alias = (req: RoutedRequest, res: ServerResponse) => void;

/** Without JWT_SECRET there is one in the database, which the gateway does not see. */
const keptSecrets = (caller: Caller): Promise<string[]> =>
  callWithin(caller, 'profiles.tokenSecrets', {}, DEADLINES.flush);

/** The gateway without Moleculer's part, which is to route: the server, the hot path and the aliases. */
export class Gateway {
  readonly #server: HttpServer;
  readonly #resources: Resources;

  /** `countGateways`: how many gateways are alive, this one included; they share the callers' budgets. */
  constructor(caller: Caller, routing: Routing, config: GatewayConfig, log: Log, countGateways: () => number) {
    const tokens = new Tokens(async () => (config.jwtSecret.length > 0 ? config.jwtSecret : keptSecrets(caller)));
    const access = new Access(config, new Identities(config, (token) => tokens.verify(token)));
    const limits = new RateLimits(config, countGateways);
    const underWay = new Set<Exchange>();
    const surroundings: Surroundings = {
      cors: new Cors(config.corsOrigins),
      log,
      slowMs: config.slowRequestMs,
      draining: () => this.#server.draining,
      underWay,
      ...(config.healthPort !== null && { observe: requestMetrics() }),
    };
    const hot = new HotLatest(caller, surroundings, access, limits);
    const document = openapiOf(ROUTES, config);
    const media = new MediaLink();
    this.#resources = {
      access,
      limits,
      rooms: new RoomTargets(),
      media,
      avatars: new Avatars(),
      hot,
      config,
      openapi: () => document,
    };
    const general = createListener(routing, new RouteTable(ROUTES), surroundings);
    this.#server = new HttpServer(
      (req, res) => {
        if (this.#server.draining || !hot.take(req, res, general)) general(req, res);
      },
      () => {
        for (const exchange of underWay) exchange.cutOff();
      },
    );
  }

  /** The routes as moleculer-web's aliases: `GET /api/groups` and what serves it. HEAD stands beside every GET. */
  aliases(): Record<string, Alias> {
    return Object.fromEntries(
      ROUTES.flatMap((route) => {
        const alias: Alias = (req, res) =>
          void serve(route, exchangeOf(res), req.$ctx, req.$params.params, this.#resources);
        const methods = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
        return methods.map((method) => [`${method} ${route.path}`, alias]);
      }),
    );
  }

  /** Forgets kept answers whose names begin with `prefix`, such as `messages:latest:ROOM:`; answers how many. */
  purge(prefix: string): number {
    return this.#resources.hot.purge(prefix);
  }

  /** Throws ConfigError when the address cannot be had. */
  listen(host: string, port: number): Promise<AddressInfo> {
    return this.#server.listen(host, port);
  }

  /** Lets requests under way finish, answers for the rest after 4 s, closes every socket. */
  stop(): Promise<void> {
    return this.#server.stop().finally(() => this.#resources.media.close());
  }
}
