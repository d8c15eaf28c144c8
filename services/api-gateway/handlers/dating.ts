import { asJson } from '#shared/ready-bytes.ts';
import type { ParamsOf } from '#services/contracts.ts';
import { bytes } from '#services/api-gateway/bytes.ts';
import { negotiate } from '#services/api-gateway/encoding.ts';
import type { Handler, Request, Resources } from '#services/api-gateway/handlers/handler.ts';
import { bufferOf } from '#services/api-gateway/hot-answer.ts';
import { read } from '#services/api-gateway/upstream.ts';

/** Characters of an `If-None-Match` that may name one of our tags; others are looked at here, when there is a body. */
const TAG = 100;

const NO_BODY = Buffer.alloc(0);

/**
 * Who looks, and whether that is known: a token's user, whoever else is named; in open mode, and for a service, who is
 * named is believed.
 */
function viewerOf({ identity, params }: Request, { config }: Resources): { viewer?: string; known: boolean } {
  if (identity.kind === 'user') return { viewer: identity.username, known: true };
  const known = identity.kind !== 'nobody' || config.authMode === 'open';
  return { ...(typeof params.viewer === 'string' && { viewer: params.viewer }), known };
}

/** The list in the encoding asked for; nothing but its tag crosses the cluster when the caller has it already. */
export const datingList: Handler = async (request, resources) => {
  const { exchange, caller, deadline, params } = request;
  const { 'accept-encoding': accepted, 'if-none-match': tag } = exchange.req.headers;
  const query = {
    ...params,
    ...viewerOf(request, resources),
    encoding: negotiate(accepted),
    ...(tag !== undefined && tag.length <= TAG && { ifNoneMatch: tag }),
  } as ParamsOf<'profiles.datingList'>;
  const { body, etag, encoding } = await read(caller, 'profiles.datingList', query, deadline);
  return { body: body ? bufferOf(body) : NO_BODY, etag, encoding };
};

/** People by ids and names. */
export const datingBatch: Handler = async (request, resources) => {
  const { caller, deadline, params } = request;
  const query = { ...params, ...viewerOf(request, resources) } as ParamsOf<'profiles.datingBatch'>;
  return bytes(await read(caller, 'profiles.datingBatch', query, deadline, asJson()));
};
