import { negotiate, encode, type Encoding } from '#services/api-gateway/encoding.ts';
import { bodyEtag, matches } from '#services/api-gateway/etag.ts';
import type { Exchange } from '#services/api-gateway/exchange.ts';
import { COMMON, type RawHeaders, withCommon } from '#services/api-gateway/headers.ts';

export const JSON_TYPE = 'application/json';

/** What a handler answers. */
export interface Reply {
  /** Default 200. */
  status?: number;
  body: Buffer;
  /** Default application/json. */
  type?: string;
  /** A better tag than the hash of the body. */
  etag?: string;
  /** Set when the body is encoded already. */
  encoding?: Encoding;
  headers?: RawHeaders;
}

/** A value as compact JSON. */
export const json = (value: unknown, more: Omit<Reply, 'body'> = {}): Reply => ({
  body: Buffer.from(JSON.stringify(value)),
  ...more,
});

/**
 * Sends a reply: compressed when asked for, and for a 200 to GET or HEAD with a weak ETag, which answers
 * `If-None-Match` with 304. A HEAD gets the same headers and no body. Does nothing when the exchange is over.
 */
export async function send(exchange: Exchange, reply: Reply): Promise<void> {
  const { req } = exchange;
  const status = reply.status ?? 200;
  const headers = reply.headers ? withCommon(reply.headers) : [...COMMON];
  const reading = req.method === 'GET' || req.method === 'HEAD';
  if (reading && status === 200) {
    const etag = reply.etag ?? bodyEtag(reply.body);
    headers.push('Cache-Control', 'no-cache', 'ETag', etag);
    if (matches(req.headers['if-none-match'], etag)) {
      exchange.write(304, headers);
      return;
    }
  }
  const { body, encoding } = reply.encoding
    ? { body: reply.body, encoding: reply.encoding }
    : await encode(reply.body, negotiate(req.headers['accept-encoding']));
  headers.push('Content-Type', reply.type ?? JSON_TYPE, 'Content-Length', String(body.length));
  if (encoding !== 'identity') headers.push('Content-Encoding', encoding);
  exchange.write(status, headers, req.method === 'HEAD' ? undefined : body);
}
