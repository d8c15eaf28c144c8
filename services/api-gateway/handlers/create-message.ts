import { randomUUID } from 'node:crypto';
import { DEADLINES } from '#shared/deadline.ts';
import { Fault } from '#shared/errors.ts';
import { asJson, type Ready } from '#shared/ready-bytes.ts';
import type { ParamsOf } from '#services/contracts.ts';
import { bytes } from '#services/api-gateway/bytes.ts';
import { targetOf } from '#services/api-gateway/handlers/call-action.ts';
import type { Handler } from '#services/api-gateway/handlers/handler.ts';
import { writeRepeatably } from '#services/api-gateway/upstream.ts';

const KEY = /^[\x20-\x7e]{1,200}$/;

function keyOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !KEY.test(header)) throw new Fault('idempotency_key_invalid');
  return header;
}

/**
 * Stores a message. Its id is made here, so that a try whose outcome is unknown can be repeated on another instance and
 * stores it once (L10). Without a key of the client it is settled for longer, because the socket server repeats a POST
 * that ended with 5xx.
 */
export const createMessage: Handler = async (request, resources) => {
  const { exchange, caller, deadline } = request;
  const idempotencyKey = keyOf(exchange.req.headers['idempotency-key']);
  const { service, room } = await targetOf(request, resources);
  const messageId = randomUUID();
  const settleBy = idempotencyKey === undefined ? deadline + DEADLINES.settle - DEADLINES.gateway : deadline;
  const paramsOf = (attempt: number) =>
    ({
      ...request.params,
      room,
      messageId,
      fresh: attempt === 0,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    }) as ParamsOf<'messages.create'>;
  exchange.writeLeft = true;
  exchange.expireAt(settleBy);
  const limits = { deadline, settleBy };
  const result: unknown = await writeRepeatably(caller, `${service}.create`, paramsOf, limits, asJson('message'));
  const { replayed } = (result as Ready).rest!;
  return bytes(result, { headers: replayed === true ? ['Idempotent-Replayed', 'true'] : [] });
};
