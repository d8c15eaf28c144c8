import type { IncomingMessage } from 'node:http';

/** What a host name with a port may be; anything else in the header is a forgery. */
const HOST = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i;

/**
 * A whole URL of a path of this gateway; what is a whole URL already stays. `publicUrl`: where browsers reach the
 * gateway; '' takes what the request names.
 */
export function publicUrlOf(publicUrl: string, req: IncomingMessage, url: string): string {
  if (!url.startsWith('/')) return url;
  if (publicUrl !== '') return publicUrl + url;
  const { host } = req.headers;
  const { localAddress = '127.0.0.1', localPort } = req.socket;
  const address = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  return `http://${host !== undefined && HOST.test(host) ? host : `${address}:${localPort}`}${url}`;
}
