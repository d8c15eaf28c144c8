import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '#shared/config.ts';
import { ERRORS, Fault, isFault } from '#shared/errors.ts';
import { KIB } from '#shared/limits.ts';
import { MEDIA_KEY_HEADER, type MediaProblem } from '#services/media/media.contract.ts';
import type { Rules } from '#services/media/purposes.ts';
import { serveFile } from '#services/media/serve-file.ts';
import type { DiskFolder } from '#services/media/store/disk-folder.ts';
import type { Store } from '#services/media/store/store.ts';
import { takeUpload } from '#services/media/take-upload.ts';
import type { TemporaryFiles } from '#services/media/temporary-files.ts';

/** Uploads and downloads under way may finish for so long when the service stops, in ms: as long as the gateway's. */
const DRAIN_MS = 4_000;

/** What a gateway takes, and its own headers. */
const MAX_HEADER_BYTES = 72 * KIB;

export interface MediaServerParts {
  folder: DiskFolder;
  store: Store;
  temporary: TemporaryFiles;
  rules: Readonly<Record<string, Rules>>;
  log: { error(...args: unknown[]): void };
}

/**
 * Where gateways bring uploads and fetch files, by plain HTTP: bytes that went through NATS would be copied and held
 * several times. Whoever does not have the key, which is told over NATS alone, gets nothing.
 */
export class MediaServer {
  /** Made at every start. */
  readonly key = randomBytes(24).toString('base64url');
  readonly #parts: MediaServerParts;
  readonly #server: Server;

  constructor(parts: MediaServerParts) {
    this.#parts = parts;
    // An upload takes as long as its sender, whom `receiveFile` watches.
    this.#server = createServer(
      { requestTimeout: 0, maxHeaderSize: MAX_HEADER_BYTES },
      (req, res) => void this.#answer(req, res),
    );
  }

  /** Answers the port. Throws ConfigError naming MEDIA_PORT when it cannot be had. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(new ConfigError(`MEDIA_PORT=${port}: cannot listen on ${host}: ${error.code}`, { cause: error })),
      );
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server.listening) return;
    const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    await new Promise((resolve) => server.close(resolve));
    clearTimeout(late);
    clearInterval(idle);
  }

  #mayEnter(req: IncomingMessage): boolean {
    const given = Buffer.from(String(req.headers[MEDIA_KEY_HEADER] ?? ''));
    const key = Buffer.from(this.key);
    return given.length === key.length && timingSafeEqual(given, key);
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      if (!this.#mayEnter(req)) throw new Fault('unauthorized');
      await this.#route(req, res);
    } catch (error) {
      // The other side went away in the middle of an answer.
      if (res.headersSent || res.destroyed) return void res.destroy();
      if (!isFault(error) || ERRORS[error.type].status >= 500) this.#parts.log.error('A file failed', error);
      const { type, message, data } = isFault(error) ? error : new Fault('internal');
      const problem: MediaProblem = { type, detail: message, ...(data.errors && { errors: data.errors }) };
      res.writeHead(ERRORS[type].status, { 'Content-Type': 'application/json' }).end(JSON.stringify(problem));
      // Closed by the other side, once it has read this: closing here would take it back.
      req.resume();
    }
  }

  async #route(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [, area, name = ''] = (req.url ?? '').split('?', 1)[0]!.split('/');
    if (area === 'media') return serveFile(this.#parts.folder, name, req, res);
    const rules = Object.hasOwn(this.#parts.rules, name) ? this.#parts.rules[name] : undefined;
    if (area !== 'uploads' || !rules) throw new Fault('not_found');
    const result = await takeUpload(req, rules, this.#parts);
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(result));
  }
}
