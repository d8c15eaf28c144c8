/** What a client asked. `post`: a new message, with an Idempotency-Key; `change`: an edit or a reaction. */
export type Kind = 'read' | 'post' | 'post without key' | 'change';

/** A request of a client, and how it ended. */
export interface Exchange {
  kind: Kind;
  /** `GET /api/…` */
  request: string;
  /** 0: no connection, or one that was lost; -1: no answer long after every deadline. */
  status: number;
  /** Of a problem, or of the error that ended the connection. */
  code?: string;
  retryAfter?: string;
  contentType?: string;
  /** On the monotonic clock, in ms. */
  begun: number;
  ended: number;
}

export const isGood = ({ status }: Exchange): boolean => status >= 200 && status < 300;

/** For people: what was asked, what came, and when. */
export const inWords = ({ request, status, code, begun, ended }: Exchange): string =>
  `${request} -> ${status} ${code ?? ''} after ${Math.round(ended - begun)} ms`;

/** Everything that was not answered as it should be when nothing may be noticed; in words. */
export const failuresOf = (exchanges: readonly Exchange[]): string[] =>
  exchanges.filter((one) => !isGood(one)).map(inWords);

/**
 * The longest that an answer may take, in ms (docs/design.md, section 5): reads 5 s, writes 6 s, a POST without a key
 * 10 s, and 0.3 s in which the service's own word comes first.
 */
const DEADLINE_MS: Readonly<Record<Kind, number>> = {
  read: 5_300,
  post: 6_300,
  'post without key': 10_300,
  change: 6_300,
};
/** What a loaded machine may add. Whatever hangs, hangs for longer. */
const MARGIN_MS = 3_000;

/**
 * P8 while something behind the gateway is away: success, or 503 or 504, within the deadline, as a problem that says when
 * to try again. Answers what is otherwise, in words.
 */
export function problemsOfOutage(exchanges: readonly Exchange[]): string[] {
  const isTold = (one: Exchange) =>
    (one.status === 503 || one.status === 504) &&
    one.code !== undefined &&
    one.retryAfter !== undefined &&
    one.contentType === 'application/problem+json';
  return exchanges
    .filter((one) => !(isGood(one) || isTold(one)) || one.ended - one.begun > DEADLINE_MS[one.kind] + MARGIN_MS)
    .map(inWords);
}
