import { monotonic } from '#shared/deadline.ts';
import { asJson } from '#shared/ready-bytes.ts';
import type { ParamsOf, ResultOf } from '#services/contracts.ts';
import { bytes } from '#services/api-gateway/bytes.ts';
import { targetOf } from '#services/api-gateway/handlers/call-action.ts';
import type { Handler } from '#services/api-gateway/handlers/handler.ts';
import { read, READ_DEADLINE_MS } from '#services/api-gateway/upstream.ts';

const MAX_WAIT_S = 25;

/** A service waits this long at most, in s: below the time of one try of a read. */
const SLICE_S = 1;

/** How an answer without items begins: only such a one is looked into. */
const EMPTY = Buffer.from('{"items":[],');

/** Seconds to wait, when the query says so in a way that the action would take; what else it says is for the action to refuse. */
function waitOf(wait: unknown): number {
  const seconds = typeof wait === 'string' && /^[+-]?\d{1,9}$/.test(wait) ? Number(wait) : 0;
  return Math.min(Math.max(seconds, 0), MAX_WAIT_S);
}

/**
 * What changed since a cursor. Long polling asks in slices, so that no call outlives a service that stops; it ends when
 * something came, time is over, the caller went away or this server stops.
 */
export const changes: Handler = async (request, resources) => {
  const { exchange, caller } = request;
  const { service, room } = await targetOf(request, resources);
  const wait = waitOf(request.params.wait);
  const until = exchange.startedAt + wait * 1_000;
  exchange.expireAt(until + READ_DEADLINE_MS);
  let since = request.params.since;
  for (let first = true; ; first = false) {
    const remaining = (until - monotonic()) / 1_000;
    const slice = Math.max(0, Math.min(SLICE_S, Math.round(remaining)));
    const params = { ...request.params, room, since, wait: first && wait === 0 ? request.params.wait : slice };
    const started = monotonic();
    const result: unknown = await read(
      caller,
      `${service}.changes`,
      withoutUndefined(params) as ParamsOf<'messages.changes'>,
      Math.min(monotonic() + READ_DEADLINE_MS, until + READ_DEADLINE_MS),
      asJson(),
    );
    if (slice > 0) exchange.waited += monotonic() - started;
    const over = slice === 0 || exchange.over || exchange.draining;
    const reply = bytes(result);
    if (over || !reply.body.subarray(0, EMPTY.length).equals(EMPTY)) return reply;
    const { reset, next } = JSON.parse(reply.body.toString()) as ResultOf<'messages.changes'>;
    if (reset) return reply;
    since = next;
  }
};

const withoutUndefined = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
