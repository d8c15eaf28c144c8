import { Agent, createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** A call as it passed on the wire. */
export interface Call {
  method: string;
  /** Path and query as sent, without `/api` in front. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** 0 until it is answered. */
  status: number;
}

/** What is expected to come must come within this time, in ms. */
const PATIENCE_MS = 10_000;

/** A proxy in front of the gateway that writes down every call and changes none. */
export class Recorder {
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer((req, res) => {
    const call: Call = { method: req.method!, path: below(req.url!), headers: req.headers, body: '', status: 0 };
    this.calls.push(call);
    const { hostname, port } = this.#target;
    const { method, url: path, rawHeaders: headers } = req;
    const passed = request({ hostname, port, method, path, headers, agent: this.#agent }, (answer) => {
      call.status = answer.statusCode!;
      res.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(res);
    });
    passed.on('error', () => res.destroy());
    req.on('data', (chunk: Buffer) => (call.body += chunk.toString()));
    req.pipe(passed);
  });
  /** In the order of their arrival. */
  readonly calls: Call[] = [];
  #seen = 0;

  /** `target`: the gateway's URL, without `/api`. */
  constructor(target: string) {
    this.#target = new URL(target);
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  /** The URL to use in place of the gateway's. */
  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }

  /** The calls that were not given before. */
  fresh(): Call[] {
    const calls = this.calls.slice(this.#seen);
    this.#seen = this.calls.length;
    return calls;
  }

  /**
   * Waits until the calls since the last time are these, `METHOD /path`, in this order, and all answered. Throws, with
   * what came instead, when they are not.
   */
  async next(...expected: string[]): Promise<Call[]> {
    const until = performance.now() + PATIENCE_MS;
    const complete = () => {
      const calls = this.calls.slice(this.#seen);
      return calls.length >= expected.length && calls.every(({ status }) => status !== 0);
    };
    while (!complete() && performance.now() < until) await sleep(5);
    const calls = this.fresh();
    const lines = calls.map(({ method, path }) => `${method} ${path}`);
    if (!isDeepStrictEqual(lines, expected)) throw new Error(difference(expected, calls));
    return calls;
  }
}

const below = (url: string): string => (url.startsWith('/api/') ? url.slice('/api'.length) : url);

function difference(expected: readonly string[], calls: readonly Call[]): string {
  const came = calls.map(({ method, path, status }) => `${method} ${path} -> ${status}`);
  return `expected the calls\n  ${expected.join('\n  ')}\nbut these came\n  ${came.join('\n  ')}`;
}
