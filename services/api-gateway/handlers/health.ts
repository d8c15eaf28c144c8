import type { Handler, Request } from '#services/api-gateway/handlers/handler.ts';
import { json } from '#services/api-gateway/reply.ts';
import { callWithin, failureOf } from '#services/api-gateway/upstream.ts';

const PING_MS = 2_500;

/** A databaseId that no group has: asking for it costs one indexed look-up, and no cache answers it. */
const NOBODY = '0'.repeat(24);

/** Whether an action of a service that needs the database answers. */
async function databaseAnswers({ caller }: Request): Promise<boolean> {
  try {
    await callWithin(caller, 'groups.resolve', { databaseId: NOBODY }, PING_MS);
    return true;
  } catch (error) {
    if (failureOf(error) === 'final') throw error;
    return false;
  }
}

/** Whether a service answers at all: an empty list of rooms needs no database. */
async function serviceAnswers({ caller }: Request, service: 'messages' | 'dm'): Promise<boolean> {
  try {
    await callWithin(caller, `${service}.heads`, { rooms: [] }, PING_MS);
    return true;
  } catch (error) {
    return failureOf(error) === 'final';
  }
}

export const root: Handler = async () => json({ status: 'python-api-ok' });

/** This process runs; restart it when this fails. */
export const live: Handler = async () => json({ status: 'live' });

/** Requests can be served; send none here while this fails. */
export const ready: Handler = async (request) => {
  const [database, messages, dm] = await Promise.all([
    databaseAnswers(request),
    serviceAnswers(request, 'messages'),
    serviceAnswers(request, 'dm'),
  ]);
  const ok = database && messages && dm && !request.exchange.draining;
  return json({ status: ok ? 'ready' : 'not-ready', database, messages, dm }, { status: ok ? 200 : 503 });
};

export const database: Handler = async (request, { config }) => {
  const connected = await databaseAnswers(request);
  return json(
    { mongo: connected ? 'connected' : 'disconnected', db: config.mongoDbName },
    { status: connected ? 200 : 503 },
  );
};
