import { config } from '#shared/config.ts';
import { Fault, invalid } from '#shared/errors.ts';
import { read, write } from '#services/profiles/action.ts';
import { endpointProblem } from '#services/profiles/push/public-address.ts';
import { pushContract } from '#services/profiles/push/push.contract.ts';

/** A person who tests waits for it: each device is tried once. */
const ONCE: number[] = [];

export const pushActions = {
  pushKey: read(pushContract.pushKey, async function pushKey() {
    return { key: config().vapidPublicKey || null };
  }),
  subscribe: write(pushContract.subscribe, async function subscribe(ctx) {
    const { endpoint, keys, by } = ctx.params;
    const problem = endpointProblem(endpoint, config().pushPrivateAddresses);
    if (problem) throw invalid('endpoint', problem);
    await this.repositories.subscriptions.keep(endpoint, keys, by, Date.now());
    return { ok: true };
  }),
  unsubscribe: write(pushContract.unsubscribe, async function unsubscribe(ctx) {
    await this.repositories.subscriptions.remove(ctx.params.endpoint, ctx.params.by);
    return { ok: true };
  }),
  pushTest: write(pushContract.pushTest, async function pushTest(ctx) {
    if (config().vapidPublicKey === '') throw new Fault('push_not_configured');
    const { title, body, url, userId } = ctx.params;
    const notice = { title: title || 'TrueMatch', body: body || 'Test', url: url || '/', tag: 'test' };
    return this.pushes.toUser(userId || null, notice, ONCE);
  }),
};
