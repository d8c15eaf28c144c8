import type { CallingOptions, Middleware } from 'moleculer';
import { DEADLINES } from '#shared/deadline.ts';

type Call = (action: string, params: unknown, options?: CallingOptions) => Promise<unknown>;

const withDeadline =
  (next: Call): Call =>
  (action, params, options = {}) => {
    const timeout = options.timeout ?? DEADLINES.call;
    return next(action, params, { ...options, timeout, meta: { budgetMs: timeout, ...options.meta } });
  };

/**
 * Calls that are typed have the deadline of any call, and the service is told: 4 s, or what `--$timeout` says (ms), so
 * that `call messages.changes --room r --since CURSOR --wait 20 --$timeout 25000` waits its 20 s.
 */
export const callBudget: Middleware = {
  name: 'CallBudget',
  // Moleculer declares that the hook answers a result; it answers a function.
  call: withDeadline as unknown as NonNullable<Middleware['call']>,
};
