import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { register } from 'prom-client';
import { ConfigError } from '#shared/config.ts';
import type { Readiness } from '#shared/health/readiness.ts';

/** `/metrics?collect=true`: of the memory what is left after a collection, where Node was started with --expose-gc. */
const COLLECT = 'collect=true';

/**
 * `/health/live` (the process answers), `/health/ready` (200, or 503 with what is wrong; what is missing and not needed is
 * told in both) and `/metrics` (Prometheus text) of one process, on a port of its own: probes must be answered also when
 * the API's port is full.
 */
export class HealthServer {
  readonly #readiness: Readiness;
  #server: Server | undefined;

  constructor(readiness: Readiness) {
    this.#readiness = readiness;
  }

  /** Listens and answers the port. Throws ConfigError naming HEALTH_PORT when it cannot be had. */
  async listen(host: string, port: number): Promise<number> {
    const server = createServer((req, res) => void this.#answer(req.url ?? '', res));
    this.#server = server;
    // Probes and scrapes come on few connections, and none may keep a stopping process.
    server.keepAliveTimeout = 1_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(new ConfigError(`HEALTH_PORT=${port}: cannot listen on ${host}: ${error.code}`, { cause: error })),
      );
      server.listen(port, host, resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  async #answer(url: string, res: ServerResponse): Promise<void> {
    const [path, query] = url.split('?', 2);
    if (path === '/health/live') return send(res, 200, { status: 'live' });
    if (path === '/health/ready') {
      const problems = await this.#readiness.problems();
      const missing = await this.#readiness.missing();
      const ready = Object.keys(problems).length === 0;
      return send(res, ready ? 200 : 503, {
        status: ready ? 'ready' : 'not-ready',
        ...(ready ? {} : { problems }),
        ...(Object.keys(missing).length === 0 ? {} : { missing }),
      });
    }
    if (path !== '/metrics') return send(res, 404, { detail: 'Not Found' });
    if (query === COLLECT) globalThis.gc?.();
    const text = await register.metrics();
    res.writeHead(200, { 'content-type': register.contentType }).end(text);
  }
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
