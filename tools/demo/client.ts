import { setTimeout as sleep } from 'node:timers/promises';
import { DemoError } from '#tools/demo/options.ts';

/** A write that was sent, whose answer says that nobody knows whether it is stored. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: unknown;
  /** Idempotency-Key. */
  key?: string;
  /** Sending it twice does what sending it once does. */
  repeatable: boolean;
}

export interface Answer {
  status: number;
  replayed: boolean;
  body: unknown;
}

/** Longer than the service's own last deadline (10 s). */
const TIMEOUT_MS = 15_000;
/** How long a server that is away or overloaded is waited for, and how long at most between two tries. */
const PATIENCE_MS = 60_000;
const MOST_WAIT_MS = 10_000;
/** Statuses that may pass: overloaded, stopping, restarting, database away. */
const PASSING = new Set([429, 502, 503, 504]);

const messageOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
};

const fieldOf = (body: unknown, name: string): string | undefined => {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
};

function waitOf(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 1);
  return Math.min(MOST_WAIT_MS, Number.isFinite(seconds) ? Math.max(0.1, seconds) * 1_000 : 1_000);
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, 200);
  }
}

/** The API of a running instance. Waits while it is overloaded or away, for a minute at most. */
export class Client {
  readonly url: string;
  readonly #signal: AbortSignal;
  /** An instance that never answered is not waited for: its address is wrong, or it does not run. */
  #met = false;
  requests = 0;

  constructor(url: string, signal: AbortSignal) {
    this.url = url;
    this.#signal = signal;
  }

  /**
   * The answer, whatever its status but one that may pass.
   * Throws OutcomeUnknown for a call that is not repeatable and may have been stored; DemoError when there is no answer.
   */
  async call(call: Call): Promise<Answer> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const tried = await this.#try(call);
      if ('answer' in tried) return tried.answer;
      if (!this.#met || performance.now() > until) throw new DemoError(`${this.url}: ${tried.reason}`);
      await sleep(tried.waitMs, undefined, { signal: this.#signal });
      if (tried.sent && !call.repeatable) throw new OutcomeUnknown(tried.reason);
    }
  }

  /** The answer's body, of a call that must succeed. Throws DemoError for a status that is not 2xx. */
  async body(call: Call): Promise<unknown> {
    const { status, body } = await this.call(call);
    if (status < 200 || status > 299) throw this.refusal(call, status, body);
    return body;
  }

  refusal({ method, path }: Call, status: number, body: unknown): DemoError {
    return new DemoError(`${method} ${this.url}${path} answered ${status}: ${fieldOf(body, 'detail') ?? 'no detail'}`);
  }

  async #try(call: Call): Promise<{ answer: Answer } | { reason: string; waitMs: number; sent: boolean }> {
    this.requests += 1;
    try {
      const response = await fetch(this.url + call.path, {
        method: call.method,
        headers: {
          ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(call.key === undefined ? {} : { 'Idempotency-Key': call.key }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      const body = await bodyOf(response);
      if (PASSING.has(response.status)) {
        const reason = `answers ${response.status}: ${fieldOf(body, 'detail') ?? response.statusText}`;
        return { reason, waitMs: waitOf(response), sent: fieldOf(body, 'code') === 'outcome_unknown' };
      }
      this.#met = true;
      const replayed = response.headers.get('idempotent-replayed') === 'true';
      return { answer: { status: response.status, replayed, body } };
    } catch (error) {
      this.#signal.throwIfAborted();
      return { reason: `cannot be reached: ${messageOf(error)}`, waitMs: 1_000, sent: true };
    }
  }
}
