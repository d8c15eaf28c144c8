import type { IncomingMessage } from 'node:http';

/**
 * The address that a request comes from. Each of the `proxies` in front of the gateway adds the address it was called
 * from to the end of X-Forwarded-For; what stands before those entries was sent by the caller and proves nothing.
 */
export function clientAddress({ headers, socket }: IncomingMessage, proxies: number): string {
  const forwarded = proxies === 0 ? [] : String(headers['x-forwarded-for'] ?? '').split(',');
  const told = forwarded
    .map((one) => one.trim())
    .filter(Boolean)
    .slice(-proxies)
    .at(0);
  return (told ?? socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=[\d.]+$)/i, '').slice(0, 100);
}
