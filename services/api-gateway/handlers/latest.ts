import type { ParamsOf } from '#services/contracts.ts';
import { negotiate } from '#services/api-gateway/encoding.ts';
import { targetOf } from '#services/api-gateway/handlers/call-action.ts';
import type { Handler } from '#services/api-gateway/handlers/handler.ts';
import { bufferOf, timing } from '#services/api-gateway/hot-answer.ts';
import { read } from '#services/api-gateway/upstream.ts';

/**
 * The newest messages of a room, by the general way: what the hot path does not know yet (a URL asked for the first
 * time, which it learns here), does not take (HEAD, unusual counts), or could not answer.
 */
export const latest: Handler = async (request, resources) => {
  const { exchange, caller, deadline, params } = request;
  const { service, room } = await targetOf(request, resources);
  resources.hot.learn(exchange.req.url!, { service, room });
  const encoding = negotiate(exchange.req.headers['accept-encoding']);
  const query = { ...params, room, encoding } as ParamsOf<'messages.latest'>;
  const answer = await read(caller, `${service}.latest`, query, deadline);
  return {
    body: bufferOf(answer.body),
    etag: answer.etag,
    encoding: answer.encoding,
    headers: ['Server-Timing', timing(answer.base, answer.changes)],
  };
};
