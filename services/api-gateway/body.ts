import type { IncomingMessage } from 'node:http';
import { Fault, invalid } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';

/**
 * Nesting that a body may have at most. Free JSON in it may nest 16 levels (the services check that); this keeps what
 * would overflow a serializer on the way there.
 */
const MAX_DEPTH = 32;

/** A body of 2 MiB passes in this time, in ms, at 70 kB/s. */
const BODY_MS = 30_000;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

const tooLarge = () => new Fault('body_too_large');

/**
 * Reads at most the JSON limit. Above it the caller hears of it at once, not after the upload; what still comes is
 * dropped, for as long as the server's requestTimeout lets a request last. Throws 413, and 408 for one that takes too long.
 */
function readBytes(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(req.headers['content-length']) > LIMITS.jsonBodyBytes) {
      req.resume();
      reject(tooLarge());
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= LIMITS.jsonBodyBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(tooLarge());
      }
    });
    const late = setTimeout(() => reject(new Fault('request_timeout')), BODY_MS);
    req.on('end', () => resolve(Buffer.concat(chunks)));
    req.on('error', reject);
    // An error is dear to make, and every request ends with this event.
    req.on('close', () => {
      clearTimeout(late);
      if (!req.complete) reject(new Fault('bad_request', 'The connection was closed before the body was complete'));
    });
  });
}

function depthIsFine(value: unknown): boolean {
  const stack: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > MAX_DEPTH) return false;
    for (const child of Object.values(next.value)) stack.push({ value: child, depth: next.depth + 1 });
  }
  return true;
}

function parse(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Fault('validation_failed', 'body: is not valid UTF-8', {
      cause: error,
      errors: [{ field: 'body', reason: 'is not valid UTF-8' }],
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Fault('validation_failed', 'body: is not valid JSON', {
      cause: error,
      errors: [{ field: 'body', reason: 'is not valid JSON' }],
    });
  }
}

/**
 * The JSON object that a request carries, on any method, DELETE included; `{}` when it carries nothing.
 * Throws 413 above the limit, 422 for another content type, broken JSON or anything but an object.
 */
export async function readBody(req: IncomingMessage): Promise<Record<string, unknown>> {
  const value = (await readJson(req)) ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid('body', 'must be an object');
  return value as Record<string, unknown>;
}

/** As `readBody`, of a list; there must be one. */
export async function readListBody(req: IncomingMessage): Promise<unknown[]> {
  const value = await readJson(req);
  if (!Array.isArray(value)) throw invalid('body', 'must be an array');
  return value;
}

/** The JSON that a request carries; undefined when it carries nothing. */
async function readJson(req: IncomingMessage): Promise<unknown> {
  const { 'content-length': length, 'transfer-encoding': transfer, 'content-type': type } = req.headers;
  if (transfer === undefined && (length === undefined || Number(length) === 0)) return undefined;
  const bytes = await readBytes(req);
  if (bytes.length === 0) return undefined;
  if (!JSON_TYPE.test(type ?? '')) throw invalid('content-type', 'must be application/json');
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw invalid('content-encoding', 'is not supported; send the body as it is');
  const value = parse(bytes);
  if (value === null) throw invalid('body', 'must not be null');
  if (!depthIsFine(value)) throw invalid('body', `nests deeper than ${MAX_DEPTH} levels`);
  return value;
}
