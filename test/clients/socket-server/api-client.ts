import { Breaker } from '#test/clients/socket-server/breaker.ts';

export interface Times {
  /** ms */
  read: number;
  write: number;
  /** How long no write is tried after three that failed. */
  cooldown: number;
}

/** As in the field. */
export const TIMES: Times = { read: 6_000, write: 12_000, cooldown: 15_000 };

/** Reads are tried so often when they time out; writes when they time out, get no answer, or a 5xx. */
const READ_TRIES = 3;
const WRITE_TRIES = 2;

type Outcome =
  | { kind: 'done'; body: unknown }
  | { kind: 'refused'; status: number }
  | { kind: 'timeout' }
  | { kind: 'no answer' };

/** What was asked and did not end well; for tests. */
export interface Failure {
  request: string;
  outcome: string;
}

/** Calls the API as the socket server in the field does: it never throws, a call that fails gives its fallback value. */
export class ApiClient {
  readonly #base: string;
  readonly #times: Times;
  readonly breaker: Breaker;
  /** Every try that was not answered with a 2xx. */
  readonly failures: Failure[] = [];

  /** `base`: with `/api`. */
  constructor(base: string, times: Times = TIMES) {
    this.#base = base;
    this.#times = times;
    this.breaker = new Breaker(times.cooldown);
  }

  async read<T>(path: string, fallback: T): Promise<T> {
    for (let tries = 0; tries < READ_TRIES; tries++) {
      const outcome = await this.#send('GET', path, undefined, this.#times.read);
      if (outcome.kind === 'done') return (outcome.body ?? fallback) as T;
      if (outcome.kind !== 'timeout') return fallback;
    }
    return fallback;
  }

  async write<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown, fallback: T): Promise<T> {
    if (this.breaker.open) return fallback;
    for (let tries = 0; tries < WRITE_TRIES; tries++) {
      const outcome = await this.#send(method, path, body, this.#times.write);
      if (outcome.kind === 'done') {
        this.breaker.succeeded();
        return (outcome.body ?? fallback) as T;
      }
      if (outcome.kind === 'refused' && outcome.status < 500) return fallback;
    }
    this.breaker.failed();
    return fallback;
  }

  async #send(method: string, path: string, body: unknown, ms: number): Promise<Outcome> {
    const outcome = await this.#fetch(method, path, body, ms);
    if (outcome.kind !== 'done') {
      const what = outcome.kind === 'refused' ? String(outcome.status) : outcome.kind;
      this.failures.push({ request: `${method} ${path}`, outcome: what });
    }
    return outcome;
  }

  async #fetch(method: string, path: string, body: unknown, ms: number): Promise<Outcome> {
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    try {
      const answer = await fetch(this.#base + path, { method, signal: AbortSignal.timeout(ms), ...sent });
      const text = await answer.text();
      return answer.ok ? { kind: 'done', body: JSON.parse(text) } : { kind: 'refused', status: answer.status };
    } catch (error) {
      return { kind: error instanceof DOMException && error.name === 'TimeoutError' ? 'timeout' : 'no answer' };
    }
  }
}
