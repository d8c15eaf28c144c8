import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Load {
  port: number;
  /** Whole HTTP requests, sent in turn, again and again. */
  requests: string[];
  /** The status that counts as good. */
  expected: number;
  clients: number;
  /** How long requests are sent. */
  ms: number;
  /** Each request is sent once; `ms` is only the time limit. */
  once?: boolean;
}

export interface Measured {
  requests: number;
  /** Bytes of the bodies. */
  bytes: number;
  errors: number;
  /** What the first error was. */
  reason: string | null;
  /** From the first request to the last answer. */
  ms: number;
  p50: number;
  p99: number;
}

/** Makes load, one at a time, from a thread of its own. */
export class LoadGenerator {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url));

  async run(load: Load): Promise<Measured> {
    this.#worker.postMessage(load, []);
    const [measured] = (await once(this.#worker, 'message')) as [Measured];
    return measured;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** A request as it goes over the wire. */
export function request(
  method: 'GET' | 'POST',
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): string {
  // One character a byte: the worker writes it as latin1.
  const bytes = body === undefined ? '' : Buffer.from(JSON.stringify(body)).toString('latin1');
  const all = {
    Host: '127.0.0.1',
    ...(bytes === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(bytes.length) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${bytes}`;
}
