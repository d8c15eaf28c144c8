import type { CallingOptions, Context } from 'moleculer';

/**
 * Deadlines, one chain, each below the next (ms): flush < call < gateway < client.
 * The milliseconds left travel in `meta.budgetMs` and are counted on the receiver's own monotonic clock.
 */
export const DEADLINES = {
  flush: 2_000,
  call: 4_000,
  gateway: 6_000,
  /** POST without a client key whose append may have been sent: the old socket server repeats a POST on 5xx (L10). */
  settle: 10_000,
} as const;

/** Milliseconds on the process's monotonic clock. */
export const monotonic = (): number => performance.now();

interface Budget {
  budgetMs?: number;
}

/** When a call must have been answered, on the monotonic clock; a call without a budget gets `DEADLINES.call`. */
export function deadlineOf(ctx: Context): number {
  const locals = ctx.locals as { deadline?: number };
  locals.deadline ??= monotonic() + ((ctx.meta as Budget).budgetMs ?? DEADLINES.call);
  return locals.deadline;
}

/** Options of a nested call that hand on what is left of the caller's deadline. */
export function withBudget(ctx: Context, options: CallingOptions = {}): CallingOptions {
  const budgetMs = Math.max(1, deadlineOf(ctx) - monotonic());
  return { timeout: budgetMs, ...options, meta: { ...options.meta, budgetMs } };
}
