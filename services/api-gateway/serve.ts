import { DEADLINES, monotonic } from '#shared/deadline.ts';
import { readBody, readListBody } from '#services/api-gateway/body.ts';
import type { Exchange } from '#services/api-gateway/exchange.ts';
import type { Resources } from '#services/api-gateway/handlers/handler.ts';
import { paramsOf } from '#services/api-gateway/params.ts';
import { send } from '#services/api-gateway/reply.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';
import { READ_DEADLINE_MS, type Caller } from '#services/api-gateway/upstream.ts';

/** Serves a routed request: body, parameters, handler, answer. Errors end as the exchange's problem; never throws. */
export async function serve(
  route: Route,
  exchange: Exchange,
  caller: Caller,
  path: Readonly<Record<string, string>>,
  resources: Resources,
): Promise<void> {
  exchange.route = route.path;
  try {
    exchange.service = resources.access.admit(route.access, path, exchange.req.headers.authorization);
    const reading = route.method === 'GET';
    const body = reading ? {} : await (route.listBody ? readListBody : readBody)(exchange.req);
    // A slow upload is the caller's time, not the service's.
    const deadline = reading ? exchange.startedAt + READ_DEADLINE_MS : monotonic() + DEADLINES.gateway;
    exchange.expireAt(deadline);
    const params = paramsOf(route, path, exchange.req.url!, body);
    const reply = await route.handle({ route, exchange, caller, deadline, path, params }, resources);
    if (reply) await send(exchange, reply);
  } catch (error) {
    exchange.fail(error);
  }
}
