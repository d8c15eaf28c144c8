import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { monotonic } from '#shared/deadline.ts';
import { ERRORS, Fault } from '#shared/errors.ts';
import { challengeOf } from '#services/api-gateway/access.ts';
import type { Cors } from '#services/api-gateway/cors.ts';
import { COMMON, type RawHeaders } from '#services/api-gateway/headers.ts';
import { faultOf, problemOf, PROBLEM_TYPE, retryAfterOf } from '#services/api-gateway/problem.ts';
import type { Observe } from '#services/api-gateway/request-metrics.ts';
import { requestId } from '#services/api-gateway/request-id.ts';

export interface Log {
  warn(...args: unknown[]): void;
  error(...args: unknown[]): void;
}

/** What all exchanges of a gateway share. */
export interface Surroundings {
  cors: Cors;
  log: Log;
  /** Milliseconds from which on an exchange is logged as slow. */
  slowMs: number;
  /** True once the server is stopping: answers then close their connection. */
  draining: () => boolean;
  /** The exchanges under way. */
  underWay: Set<Exchange>;
  /** Counts answers, where somebody asks for the counts. */
  observe?: Observe;
}

/** After the deadline, so that what a call says about its own end comes first. */
const LATE_MS = 300;

/** A request and its one answer: whichever comes first of a reply, an error, the deadline and the shutdown. */
export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly id: string;
  readonly startedAt: number;
  /** True while a write has left the gateway and its outcome is not known here. */
  writeLeft = false;
  /** Milliseconds that were spent waiting on purpose (long polling); they do not make an exchange slow. */
  waited = 0;
  /** The name of the service key that the request carries. */
  service: string | undefined;
  /** `RateLimit-*`, once the request was counted. */
  rate: RawHeaders = [];
  /** The path template of the route that serves it; for metrics. */
  route = 'none';
  readonly #surroundings: Surroundings;
  #timer: NodeJS.Timeout | undefined;

  constructor(req: IncomingMessage, res: ServerResponse, surroundings: Surroundings, startedAt: number = monotonic()) {
    this.req = req;
    this.res = res;
    this.#surroundings = surroundings;
    this.startedAt = startedAt;
    this.id = requestId(req.headers['x-request-id']);
    surroundings.underWay.add(this);
    res.once('close', () => {
      clearTimeout(this.#timer);
      surroundings.underWay.delete(this);
    });
  }

  /** True when nothing can be answered any more: it was, or the caller went away. */
  get over(): boolean {
    return this.res.headersSent || this.res.destroyed;
  }

  get draining(): boolean {
    return this.#surroundings.draining();
  }

  /** Answers for a service that stays silent past `deadline` (monotonic): 504, or `outcome_unknown` for a write that left. */
  expireAt(deadline: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#give('service_timeout'), deadline - monotonic() + LATE_MS);
  }

  /** Answers for a server that stops: 503, or `outcome_unknown` for a write that left. */
  cutOff(): void {
    this.#give('shutting_down');
  }

  #give(code: 'service_timeout' | 'shutting_down'): void {
    this.fail(new Fault(this.writeLeft ? 'outcome_unknown' : code));
  }

  /** Answers with a problem; logs those that are our fault. Does nothing when the exchange is over. */
  fail(error: unknown): void {
    if (this.over) return;
    const fault = faultOf(error);
    const { status } = ERRORS[fault.type];
    if (status >= 500) this.#log('error', 'request failed', { code: fault.type }, error);
    const body = Buffer.from(JSON.stringify(problemOf(fault, this.id)));
    const retryAfter = fault.data?.retryAfter ?? retryAfterOf(fault.type);
    const headers = [...COMMON, 'Content-Type', PROBLEM_TYPE, 'Content-Length', String(body.length)];
    if (retryAfter !== undefined) headers.push('Retry-After', String(retryAfter));
    this.write(status, [...headers, ...extraHeaders(fault)], this.req.method === 'HEAD' ? undefined : body);
  }

  /** Writes the answer with the headers that every answer has. Does nothing when the exchange is over. */
  write(status: number, headers: RawHeaders, body?: Buffer): void {
    if (this.over) return;
    this.#begin(status, headers);
    this.res.end(body);
  }

  /** As `write`, with a body as it is read from `body`, no faster than the caller takes it. Rejects when either breaks. */
  async stream(status: number, headers: RawHeaders, body: Readable): Promise<void> {
    if (this.over) return void body.destroy();
    this.#begin(status, headers);
    await pipeline(body, this.res);
  }

  #begin(status: number, headers: RawHeaders): void {
    clearTimeout(this.#timer);
    const { cors, draining, slowMs } = this.#surroundings;
    this.res.writeHead(status, [
      ...headers,
      ...this.rate,
      ...cors.headersFor(this.req.headers.origin),
      'X-Request-Id',
      this.id,
      ...(draining() ? ['Connection', 'close'] : []),
    ]);
    const ms = monotonic() - this.startedAt - this.waited;
    this.#surroundings.observe?.(this.req.method ?? '', this.route, status, ms);
    if (ms >= slowMs) this.#log('warn', 'slow request', { status });
  }

  /** No query and no body: they may carry what people write. */
  #log(level: keyof Log, text: string, fields: Record<string, unknown>, error?: unknown): void {
    this.#surroundings.log[level](text, {
      method: this.req.method,
      path: this.req.url?.split('?', 1)[0]?.slice(0, 300),
      ms: Math.round(monotonic() - this.startedAt),
      requestId: this.id,
      ...(this.service === undefined ? {} : { service: this.service }),
      ...fields,
      ...(error instanceof Error ? { err: error } : {}),
    });
  }
}

/** Headers that belong to an error beyond `Retry-After`: the methods that a 405 names, the challenge of a 401. */
function extraHeaders(fault: Fault): RawHeaders {
  if (ERRORS[fault.type].status === 401) return ['WWW-Authenticate', challengeOf(fault)];
  return fault instanceof MethodNotAllowed ? ['Allow', fault.allow] : [];
}

/** 405 with the methods that the path does take. */
export class MethodNotAllowed extends Fault {
  readonly allow: string;

  constructor(methods: readonly string[]) {
    super('method_not_allowed');
    this.allow = methods.join(', ');
  }
}
