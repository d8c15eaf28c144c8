import { send, type Answer, type Message } from '#test/http/support/http.ts';
import type { Exchange, Kind } from '#test/cluster/support/exchange.ts';

/** Longer than every deadline of the gateway. */
const PATIENCE_MS = 15_000;
/** Tries of a request while gateways are started again. */
const MOST_TRIES = 6;

export interface Ask extends Message {
  kind: Kind;
  /** True when the request may be sent again after its connection was lost: reads, and what carries a key. */
  repeatable: boolean;
}

/** Node's errors are of another realm under jest, and no `Error` of this one. */
const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code ?? error);

/** A client that knows all gateways: where one takes no connection, or drops it, the next is asked. */
export class Client {
  readonly #gateways: readonly string[];
  readonly #exchanges: Exchange[];
  #at: number;

  /** `first`: which gateway to begin with. How each request ended is added to `exchanges`. */
  constructor(gateways: readonly string[], first: number, exchanges: Exchange[]) {
    this.#gateways = gateways;
    this.#at = first;
    this.#exchanges = exchanges;
  }

  /** The answer; undefined where none came. */
  async ask({ kind, repeatable, ...message }: Ask): Promise<Answer | undefined> {
    const begun = performance.now();
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const note = (status: number, more: Partial<Exchange> = {}) =>
      this.#exchanges.push({
        kind,
        request: `${message.method} ${message.path}`,
        status,
        ...more,
        begun,
        ended: performance.now(),
      });
    for (let tries = 1; ; tries++) {
      try {
        const answer = await send(this.#gateways[this.#at % this.#gateways.length]!, { ...message, signal });
        note(answer.status, answer.status < 400 ? {} : whatIsTold(answer));
        return answer;
      } catch (error) {
        if (!signal.aborted && tries < MOST_TRIES && (repeatable || codeOf(error) === 'ECONNREFUSED')) {
          this.#at += 1;
          continue;
        }
        note(signal.aborted ? -1 : 0, { code: codeOf(error) });
        return undefined;
      }
    }
  }
}

function whatIsTold(answer: Answer): Partial<Exchange> {
  const { headers } = answer;
  const contentType = headers['content-type'];
  const { code } = contentType?.includes('json') ? answer.json<{ code?: string }>() : {};
  const retryAfter = headers['retry-after'];
  return {
    ...(contentType && { contentType }),
    ...(code && { code }),
    ...(retryAfter && { retryAfter }),
  };
}
