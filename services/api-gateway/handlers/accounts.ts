import { Fault } from '#shared/errors.ts';
import { bearerTokenIn } from '#shared/tokens.ts';
import { bytes } from '#services/api-gateway/bytes.ts';
import { clientAddress } from '#services/api-gateway/client-address.ts';
import { forward } from '#services/api-gateway/handlers/call-action.ts';
import type { Handler } from '#services/api-gateway/handlers/handler.ts';

/** The action with the address that the request comes from: tries to sign in are counted by it. */
export const callFromAddress: Handler = async (request, { config }) => {
  const address = clientAddress(request.exchange.req, config.trustProxy);
  return bytes(await forward(request, request.route.action!, { ...request.params, address }));
};

/** The action for the user whose token the request carries, in both modes. Throws `token_required` or `token_invalid`. */
export const callAsUser: Handler = async (request, { tokens }) => {
  const token = bearerTokenIn(request.exchange.req.headers.authorization);
  if (token === undefined) throw new Fault('token_required');
  const { userId } = await tokens.verify(token);
  return bytes(await forward(request, request.route.action!, { ...request.params, userId }));
};
