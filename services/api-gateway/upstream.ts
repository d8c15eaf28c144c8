import { setTimeout as sleep } from 'node:timers/promises';
import type { CallingOptions } from 'moleculer';
import { DEADLINES, monotonic } from '#shared/deadline.ts';
import { Fault } from '#shared/errors.ts';
import { suspect } from '#shared/transport/room-shard.ts';
import type { ActionName, ParamsOf, ResultOf } from '#services/contracts.ts';
import { typeOf } from '#services/api-gateway/problem.ts';

/** A broker or a context: whatever calls actions by name. */
export interface Caller {
  call(action: string, params: unknown, options: CallingOptions): Promise<unknown>;
}

/** Reads answer within 5 s: the socket server gives up after 6. */
export const READ_DEADLINE_MS = 5_000;

/** One try of a read; three fit into its deadline. */
const READ_TRY_MS = 1_500;

/** One try of a write that may be repeated: longer than a flush; two fit into its deadline. */
const REPEATABLE_TRY_MS = DEADLINES.flush + 400;

/** Longer than what the service is given, so that its own, better informed answer comes first. */
const GRACE_MS = 200;

/** Pauses before further tries, in ms; a service that is started again is back after the last. */
const PAUSES_MS = [50, 150, 400];

/** How a call ended without a result. Decides whether it may be tried again. */
export type Failure =
  /** An answer: this request is refused, or a bug was hit. */
  | 'final'
  /** It never reached an action. */
  | 'absent'
  /** The database is away; nothing was stored. */
  | 'refused'
  /** It may have reached the action, or even the log. */
  | 'unsettled';

const FAILURES: Readonly<Record<string, Failure>> = {
  SERVICE_NOT_FOUND: 'absent',
  SERVICE_NOT_AVAILABLE: 'absent',
  BAD_GATEWAY: 'absent',
  service_unavailable: 'absent',
  REQUEST_SKIPPED: 'absent',
  QUEUE_FULL: 'absent',
  database_unavailable: 'refused',
  REQUEST_TIMEOUT: 'unsettled',
  REQUEST_REJECTED: 'unsettled',
  outcome_unknown: 'unsettled',
};

export const failureOf = (error: unknown): Failure => FAILURES[typeOf(error)] ?? 'final';

/**
 * Calls an action by name with `budgetMs` to spend, without the broker's own retries. Throws what the action throws.
 * Not tracked: a stopping broker would wait for a moment without calls, which never comes under load, before it stopped
 * the server, whose own stop waits for every request.
 */
export function callWithin<A extends ActionName>(
  caller: Caller,
  action: A,
  params: ParamsOf<A>,
  budgetMs: number,
  more: CallingOptions = {},
): Promise<ResultOf<A>> {
  const options: CallingOptions = {
    ...more,
    timeout: budgetMs + GRACE_MS,
    retries: 0,
    tracking: false,
    meta: { budgetMs },
  };
  return caller.call(action, params, options).catch((error: unknown) => {
    if (typeOf(error) === 'REQUEST_TIMEOUT') suspectNodeOf(error);
    throw error;
  }) as Promise<ResultOf<A>>;
}

/** The node that stayed silent, as Moleculer names it, is passed over by the next tries. */
function suspectNodeOf(error: unknown): void {
  const { data } = error as { data?: { nodeID?: unknown } };
  if (typeof data?.nodeID === 'string') suspect(data.nodeID);
}

/** Waits before another try; false when there is none or the deadline leaves no time for it. */
async function pause(attempt: number, deadline: number): Promise<boolean> {
  const ms = PAUSES_MS[attempt];
  if (ms === undefined || monotonic() + ms + GRACE_MS > deadline) return false;
  await sleep(ms);
  return true;
}

const left = (deadline: number): number => Math.max(1, Math.round(deadline - monotonic()));

/** Reads with further tries, on another instance where there is one, until `deadline` (monotonic). */
export async function read<A extends ActionName>(
  caller: Caller,
  action: A,
  params: ParamsOf<A>,
  deadline: number,
  options?: CallingOptions,
): Promise<ResultOf<A>> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await callWithin(caller, action, params, Math.min(READ_TRY_MS, left(deadline)), options);
    } catch (error) {
      if (failureOf(error) === 'final' || !(await pause(attempt, deadline))) throw error;
    }
  }
}

/** Writes once; again only when the call never left. Silence after it left is `outcome_unknown`. */
export async function write<A extends ActionName>(
  caller: Caller,
  action: A,
  params: ParamsOf<A>,
  deadline: number,
  options?: CallingOptions,
): Promise<ResultOf<A>> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await callWithin(caller, action, params, Math.min(DEADLINES.call, left(deadline)), options);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === 'unsettled') throw new Fault('outcome_unknown', undefined, { cause: error });
      if (failure !== 'absent' || !(await pause(attempt, deadline))) throw error;
    }
  }
}

/**
 * Writes what may be repeated: `params` of each try must lead to the same thing once (L10). Goes on until an answer or
 * the deadline; `settleBy` is the later deadline that holds once a try may have reached the log.
 * Throws `outcome_unknown` if any try may have, else what the last try threw.
 */
export async function writeRepeatably<A extends ActionName>(
  caller: Caller,
  action: A,
  params: (attempt: number) => ParamsOf<A>,
  { deadline, settleBy }: { deadline: number; settleBy: number },
  options?: CallingOptions,
): Promise<ResultOf<A>> {
  let unsettled = false;
  for (let attempt = 0; ; attempt++) {
    const until = unsettled ? settleBy : deadline;
    try {
      const budget = Math.min(REPEATABLE_TRY_MS, left(until));
      return await callWithin(caller, action, params(attempt), budget, options);
    } catch (error) {
      const failure = failureOf(error);
      unsettled ||= failure === 'unsettled';
      const refused = failure === 'final' && (!unsettled || isRefusal(error));
      if (refused) throw error;
      const goOn = await pause(Math.min(attempt, PAUSES_MS.length - 1), unsettled ? settleBy : deadline);
      if (goOn) continue;
      throw unsettled ? new Fault('outcome_unknown', undefined, { cause: error }) : error;
    }
  }
}

/** True when the caller's request itself is at fault; then no try of it was ever stored. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && error.code >= 400 && error.code < 500;
