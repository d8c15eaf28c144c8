import { networkInterfaces } from 'node:os';

const ANYWHERE = new Set(['0.0.0.0', '::']);

/** The address at which others reach what listens on `host`: where that is any, the machine's first that leads outside. */
export function reachableHost(host: string): string {
  if (!ANYWHERE.has(host)) return host;
  const addresses = Object.values(networkInterfaces())
    .flatMap((some) => some ?? [])
    .filter(({ internal }) => !internal);
  return (addresses.find(({ family }) => family === 'IPv4') ?? addresses[0])?.address ?? '127.0.0.1';
}
