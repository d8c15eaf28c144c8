import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault, invalid } from '#shared/errors.ts';
import { isPreflight, type Cors } from '#services/api-gateway/cors.ts';
import { Exchange, MethodNotAllowed, type Surroundings } from '#services/api-gateway/exchange.ts';
import { COMMON } from '#services/api-gateway/headers.ts';
import type { RouteTable } from '#services/api-gateway/route-table.ts';

/** The routing of moleculer-web; `next` is called for a path that it does not serve, and with its errors. */
export type Routing = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/** Where the exchange of a response is found by the route's alias. */
const exchanges = new WeakMap<ServerResponse, Exchange>();

export function exchangeOf(res: ServerResponse): Exchange {
  const exchange = exchanges.get(res);
  if (!exchange) throw new Error('the response did not come through the listener');
  return exchange;
}

function preflight(exchange: Exchange, cors: Cors): void {
  const headers = cors.preflight(exchange.req);
  if (!headers) return exchange.fail(new Fault('cors_origin_refused'));
  const body = Buffer.from('OK');
  const own = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(body.length)];
  exchange.write(200, [...COMMON, ...own, ...headers], body);
}

/** The path and query of a request, also of one that names the whole URL, as for a proxy (RFC 9112, 3.2.2). */
function originForm(req: IncomingMessage): string {
  if (/^https?:\/\//i.test(req.url!) && URL.canParse(req.url!)) {
    const { pathname, search } = new URL(req.url!);
    req.url = pathname + search;
  }
  return req.url!;
}

/** Throws 422 for a path that no decoder takes. */
function checkPath(path: string): void {
  if (!path.includes('%')) return;
  try {
    if (!decodeURIComponent(path).includes('\0')) return;
  } catch (error) {
    throw new Fault('validation_failed', 'path: has a malformed percent-encoding', {
      cause: error,
      errors: [{ field: 'path', reason: 'has a malformed percent-encoding' }],
    });
  }
  throw invalid('path', 'has a NUL character');
}

/**
 * The general way of a request: CORS, the forms of a path that are nobody's business further down, then routing.
 * Whatever is not served is 404, or 405 with the methods that are.
 */
export function createListener(routing: Routing, routes: RouteTable, surroundings: Surroundings) {
  const start = (exchange: Exchange): void => {
    const { req, res } = exchange;
    if (isPreflight(req)) return preflight(exchange, surroundings.cors);
    const url = originForm(req);
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    checkPath(path);
    const allowed = routes.methodsOf(path);
    const bare = path.slice(0, -1);
    if (allowed.length === 0 && path.endsWith('/') && routes.methodsOf(bare).length > 0) {
      exchange.write(307, [...COMMON, 'Location', bare + (mark < 0 ? '' : url.slice(mark)), 'Content-Length', '0']);
      return;
    }
    if (allowed.length === 0) throw new Fault('not_found');
    if (!allowed.includes(req.method!)) throw new MethodNotAllowed(allowed);
    // Moleculer's request id, which travels to the services, is ours.
    req.headers['x-request-id'] = exchange.id;
    delete req.headers['x-correlation-id'];
    exchanges.set(res, exchange);
    routing(req, res, (error) => exchange.fail(error ?? new Fault('not_found')));
  };

  return (req: IncomingMessage, res: ServerResponse, startedAt?: number): void => {
    const exchange = new Exchange(req, res, surroundings, startedAt);
    try {
      start(exchange);
    } catch (error) {
      exchange.fail(error);
    }
  };
}
