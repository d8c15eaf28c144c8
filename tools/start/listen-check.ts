import { once } from 'node:events';
import { createServer } from 'node:net';
import { ConfigError } from '#shared/config.ts';

/** The one line for an address that cannot be listened on, or undefined when `error` is about something else. */
export function listenProblem(error: unknown, { host, port }: { host: string; port: number }): ConfigError | undefined {
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case 'EADDRINUSE':
      return new ConfigError(`PORT=${port}: is in use by another program`);
    case 'EACCES':
      return new ConfigError(`PORT=${port}: this user may not listen on it`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError(`HOST=${host}: is not an address of this machine`);
    default:
      return undefined;
  }
}

/** Tries the gateway's address before anything is started. Throws ConfigError when it cannot be listened on. */
export async function checkListen(address: { host: string; port: number }): Promise<void> {
  const server = createServer();
  try {
    server.listen(address.port, address.host);
    await once(server, 'listening');
  } catch (error) {
    throw listenProblem(error, address) ?? error;
  } finally {
    server.close();
  }
}
