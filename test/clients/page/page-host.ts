import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where the app is served in development, and what the gateway lets in by default. */
export const APP_PORT = 5173;

/** Other runs of the tests need the port only for a while: so long, in ms, it is waited for. */
const PATIENCE_MS = 20_000;

const PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>App</title>';

/** Browsers take `localhost` for either of them. */
const ADDRESSES = ['127.0.0.1', '::1'];

export interface PageHost {
  /** `http://localhost:PORT`. */
  origin: string;
  close(): Promise<void>;
}

/** Serves an empty page on both loopback addresses, so that nobody else can be `localhost` on this port. 0: any port. */
export async function servePage(port: number): Promise<PageHost> {
  const servers: Server[] = [];
  const close = async () => {
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  };
  try {
    let taken = port;
    for (const address of ADDRESSES) {
      const server = await listen(address, taken);
      if (!server) continue;
      servers.push(server);
      taken = portOf(server);
    }
    return { origin: `http://localhost:${taken}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
};

/** Null for an address that this machine does not have. */
async function listen(host: string, port: number): Promise<Server | null> {
  for (const until = performance.now() + PATIENCE_MS; ; await sleep(250)) {
    const server = createServer((_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end(PAGE));
    const error = await new Promise<NodeJS.ErrnoException | null>((done) => {
      server.once('error', done);
      server.listen({ host, port, exclusive: true }, () => done(null));
    });
    if (!error) return server;
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return null;
    if (error.code !== 'EADDRINUSE') throw error;
    if (performance.now() > until)
      throw new Error(`port ${port} on ${host} is taken: stop what listens there, the tests are the app on it`, {
        cause: error,
      });
  }
}
