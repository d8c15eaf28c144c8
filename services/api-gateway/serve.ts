import { DEADLINES, monotonic } from '#shared/deadline.ts';
import { Fault } from '#shared/errors.ts';
import { readBody, readListBody } from '#services/api-gateway/body.ts';
import type { Exchange } from '#services/api-gateway/exchange.ts';
import type { Resources } from '#services/api-gateway/handlers/handler.ts';
import { type Identity, NOBODY } from '#services/api-gateway/identity.ts';
import { paramsOf } from '#services/api-gateway/params.ts';
import { rateHeaders, type RequestClass } from '#services/api-gateway/rate-limits.ts';
import { send } from '#services/api-gateway/reply.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';
import { READ_DEADLINE_MS, type Caller } from '#services/api-gateway/upstream.ts';

function classOf({ method, path }: Route): RequestClass {
  if (method === 'GET') return 'reads';
  return path.startsWith('/api/uploads/') ? 'uploads' : 'writes';
}

/** The `token` of the query, which administrators' routes take. */
const adminTokenOf = ({ access }: Route, url: string): string | null =>
  access === 'admin' ? new URLSearchParams(url.split('?', 2)[1]).get('token') : null;

/** Who makes the request, once it is counted: also a request whose token is none. */
async function callerOf(route: Route, exchange: Exchange, { access, limits }: Resources): Promise<Identity> {
  const { req } = exchange;
  const count = (identity: Identity) => {
    const verdict = limits.take(classOf(route), identity, req);
    exchange.rate = rateHeaders(verdict);
    if (verdict.retryAfter > 0) throw new Fault('rate_limited', undefined, { retryAfter: verdict.retryAfter });
  };
  let identity: Identity;
  try {
    identity = await access.identify(req.headers.authorization, adminTokenOf(route, req.url!));
  } catch (error) {
    count(NOBODY);
    throw error;
  }
  if (identity.kind === 'service') exchange.service = identity.name;
  count(identity);
  return identity;
}

/** Serves a routed request: who makes it, body, parameters, handler, answer. Errors end as the exchange's problem; never throws. */
export async function serve(
  route: Route,
  exchange: Exchange,
  caller: Caller,
  path: Readonly<Record<string, string>>,
  resources: Resources,
): Promise<void> {
  exchange.route = route.path;
  try {
    const identity = await callerOf(route, exchange, resources);
    await resources.access.admit(route, path, identity, caller);
    const reading = route.method === 'GET';
    const body =
      reading || route.file !== undefined ? {} : await (route.listBody ? readListBody : readBody)(exchange.req);
    // A slow upload is the caller's time, not the service's.
    const deadline = reading ? exchange.startedAt + READ_DEADLINE_MS : monotonic() + DEADLINES.gateway;
    exchange.expireAt(deadline);
    const sent = paramsOf(route, path, exchange.req.url!, body);
    const params = await resources.access.settle(route, sent, identity, caller);
    const reply = await route.handle({ route, exchange, identity, caller, deadline, path, params }, resources);
    if (reply) await send(exchange, reply);
  } catch (error) {
    exchange.fail(error);
  }
}
