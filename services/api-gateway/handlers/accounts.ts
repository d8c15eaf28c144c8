import { Fault } from '#shared/errors.ts';
import { bytes } from '#services/api-gateway/bytes.ts';
import { clientAddress } from '#services/api-gateway/client-address.ts';
import { forward } from '#services/api-gateway/handlers/call-action.ts';
import type { Handler } from '#services/api-gateway/handlers/handler.ts';

/** The action with the address that the request comes from: tries to sign in are counted by it. */
export const callFromAddress: Handler = async (request, { config }) => {
  const address = clientAddress(request.exchange.req, config.trustProxy);
  return bytes(await forward(request, request.route.action!, { ...request.params, address }));
};

/** The action for the user whose token the request carries, in both modes. Throws `token_required`. */
export const callAsUser: Handler = async (request) => {
  if (request.identity.kind !== 'user') throw new Fault('token_required');
  const { userId } = request.identity;
  return bytes(await forward(request, request.route.action!, { ...request.params, userId }));
};
