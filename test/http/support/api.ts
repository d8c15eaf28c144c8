import { afterAll, beforeAll } from '@jest/globals';
import type { OutgoingHttpHeaders } from 'node:http';
import { openGateway, type TestGateway } from '#test/http/support/gateway.ts';
import { Contract, type OpenApi } from '#test/http/support/contract.ts';
import { hangUp, send, sendRaw, type Answer, type Message } from '#test/http/support/http.ts';

export interface Options {
  headers?: OutgoingHttpHeaders;
  signal?: AbortSignal;
}

/** The gateway under test. Every answer is held against its OpenAPI file; one that the file does not describe throws. */
export class Api {
  #gateway: TestGateway | undefined;
  #contract: Contract | undefined;

  async open(): Promise<void> {
    this.#gateway = await openGateway();
    const answer = await send(this.base, { method: 'GET', path: '/api/openapi.json' });
    this.#contract = new Contract(answer.json<OpenApi>());
  }

  async close(): Promise<void> {
    hangUp();
    await this.#gateway?.stop();
  }

  get base(): string {
    return this.#gateway!.url;
  }

  get contract(): Contract {
    return this.#contract!;
  }

  /** The gateway's database: only where KNOWS_DATABASE says so. */
  get db() {
    return this.#gateway!.db!;
  }

  async send(message: Message): Promise<Answer> {
    const answer = await send(this.base, message);
    this.contract.check(message.method, message.path, answer);
    return answer;
  }

  get = (path: string, options: Options = {}): Promise<Answer> => this.send({ method: 'GET', path, ...options });

  head = (path: string, options: Options = {}): Promise<Answer> => this.send({ method: 'HEAD', path, ...options });

  post = (path: string, body?: unknown, options: Options = {}): Promise<Answer> =>
    this.send({ method: 'POST', path, body, ...options });

  put = (path: string, body?: unknown, options: Options = {}): Promise<Answer> =>
    this.send({ method: 'PUT', path, body, ...options });

  patch = (path: string, body?: unknown, options: Options = {}): Promise<Answer> =>
    this.send({ method: 'PATCH', path, body, ...options });

  delete = (path: string, body?: unknown, options: Options = {}): Promise<Answer> =>
    this.send({ method: 'DELETE', path, body, ...options });

  /** As a client that knows no HTTP: see `sendRaw`. Nothing is checked. */
  raw = (text: string): Promise<string> => sendRaw(this.base, text);
}

/** The gateway for the tests of a file. */
export function useApi(): Api {
  const api = new Api();
  // The first file waits for the program to start, on a machine that may be busy.
  beforeAll(() => api.open(), 60_000);
  afterAll(() => api.close());
  return api;
}
