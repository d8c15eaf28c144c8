const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const ANYWHERE = new Set(['0.0.0.0', '::']);

/** True when only programs on this machine reach what listens on `host`. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host);

/** The URL at which this machine reaches what listens on an address. */
export function urlOf({ host, port }: { host: string; port: number }): string {
  const name = ANYWHERE.has(host) ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
