import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** Whoever is silent for so long hangs, in ms: above every deadline of the gateway but the one of long polling. */
const SILENCE_MS = 20_000;

/** An answer as it came, its body decoded. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** As sent. */
  bytes: Buffer;
  text: string;
  json<T>(): T;
}

export interface Message {
  method: string;
  /** Path and query, sent as they are. */
  path: string;
  headers?: OutgoingHttpHeaders;
  /** Sent as they are; anything but text and bytes as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Closes the connections that are kept. */
export const hangUp = (): void => agent.destroy();

const bytesOf = (body: unknown): Buffer =>
  Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

function decoded(bytes: Buffer, encoding: string | undefined): string {
  if (bytes.length === 0 || encoding === undefined) return bytes.toString();
  return (encoding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes)).toString();
}

/** Sends a request without changing anything of it: no redirect is followed and no header is added but those of a body. */
export function send(base: string, { method, path, headers, body, signal }: Message): Promise<Answer> {
  const bytes = body === undefined ? undefined : bytesOf(body);
  const { hostname, port } = new URL(base);
  const carried = bytes && { 'content-type': 'application/json', 'content-length': bytes.length };
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path, agent, signal, headers: { ...carried, ...headers } };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const all = Buffer.concat(chunks);
        const text = decoded(all, response.headers['content-encoding']);
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          bytes: all,
          text,
          json: <T>() => JSON.parse(text) as T,
        });
      });
    });
    sent.setTimeout(SILENCE_MS, () => sent.destroy(new Error(`${method} ${path.slice(0, 200)}: no answer`)));
    sent.on('error', reject);
    sent.end(bytes);
  });
}

/** Sends text as a client would that knows no HTTP, and gives all that comes until the connection ends. */
export function sendRaw(base: string, text: string): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let said = '';
    socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => (said += String(chunk)));
    socket.on('error', reject);
    socket.on('close', () => resolve(said));
    socket.write(text);
  });
}
