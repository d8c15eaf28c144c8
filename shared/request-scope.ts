import { AsyncLocalStorage } from 'node:async_hooks';
import type { Middleware } from 'moleculer';

const scope = new AsyncLocalStorage<string>();

/** The id of the request that the running code works for; undefined outside of one. For log lines. */
export const currentRequestId = (): string | undefined => scope.getStore();

/** Remembers, for all that an action does, the id of the request that led to it: the gateway's `X-Request-Id`. */
export const requestScope: Middleware = {
  name: 'RequestScope',
  localAction: (next) =>
    function withRequestId(ctx) {
      return ctx.requestID ? scope.run(ctx.requestID, () => next.call(this, ctx)) : next.call(this, ctx);
    },
};
