import { createServer, STATUS_CODES, type RequestListener, type Server } from 'node:http';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '#shared/config.ts';
import { KIB } from '#shared/limits.ts';

const OPTIONS = {
  /** `X-Joined-Groups` may name 200 groups of 200 characters. */
  maxHeaderSize: 64 * KIB,
  /** Whoever sends headers slower than this only holds the connection. */
  headersTimeout: 15_000,
  /** An upload of 50 MiB passes in this time at 90 kB/s; JSON bodies have a shorter one of their own. */
  requestTimeout: 600_000,
  /** Longer than the 60 s after which most load balancers drop an idle connection, so that they do it first. */
  keepAliveTimeout: 65_000,
};

/** What waits here is one request a connection, so this bounds it. */
const MAX_CONNECTIONS = 10_000;

/** Requests under way have this long to finish when the server stops, in ms; then they are answered for. */
const DRAIN_MS = 4_000;

/** For those last answers to leave, in ms. */
const LAST_ANSWERS_MS = 200;

/** Busy connections end by themselves, each with its next answer; after this time, in ms, idle ones are closed. */
const IDLE_GRACE_MS = 250;

/** Connections that fall idle while the server stops are looked for this often, in ms. */
const SWEEP_MS = 50;

/** Errors of the parser, before there is a request. */
const PARSER_STATUS: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what is no HTTP request; the same shape as every error, without an id. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = PARSER_STATUS[error.code ?? ''] ?? 400;
  const title = STATUS_CODES[status]!;
  const body = JSON.stringify({ type: 'about:blank', title, status, detail: title, code: 'bad_request', error: title });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nConnection: close\r\n` +
      `X-Content-Type-Options: nosniff\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** The HTTP server: its limits, its start, and a stop that loses no request. */
export class HttpServer {
  readonly #server: Server;
  readonly #cutOff: () => void;
  readonly #sockets = new Set<Socket>();
  #stopping: Promise<void> | undefined;

  /** `cutOff` is called once, when the time to finish is over: everything under way has to be answered then. */
  constructor(listener: RequestListener, cutOff: () => void) {
    this.#cutOff = cutOff;
    this.#server = createServer(OPTIONS, listener);
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => refuse(error, socket));
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get draining(): boolean {
    return this.#stopping !== undefined;
  }

  /** Throws ConfigError, naming the variable, when the address cannot be had. */
  listen(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
      this.#server.listen({ host, port }, () => {
        this.#server.removeAllListeners('error');
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** Takes no new connections, lets requests under way finish, answers for the rest after 4 s, closes every socket. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (!this.#server.listening) return;
    const over = new AbortController();
    const later = (ms: number) => sleep(ms, undefined, { signal: over.signal });
    const closed = this.#stopAccepting().then(() => over.abort());
    const steps = [this.#closeIdle(later), this.#closeLate(later)];
    const ends = steps.map((step) => step.catch((error: unknown) => ignoreAbort(error, over.signal)));
    await Promise.all([closed, ...ends]);
    // Stops the server's own timer; there is nothing left to close.
    this.#server.close();
  }

  /** Not http's own close: that destroys connections whose request has not been read, or whose answer still leaves. */
  #stopAccepting(): Promise<void> {
    return new Promise((resolve) => {
      NetServer.prototype.close.call(this.#server, () => resolve());
    });
  }

  async #closeIdle(later: (ms: number) => Promise<void>): Promise<void> {
    await later(IDLE_GRACE_MS);
    for (;;) {
      // Node takes a connection for idle as soon as its answer was handed over, also while bytes of it still leave.
      if ([...this.#sockets].every((socket) => socket.writableLength === 0)) this.#server.closeIdleConnections();
      await later(SWEEP_MS);
    }
  }

  async #closeLate(later: (ms: number) => Promise<void>): Promise<void> {
    await later(DRAIN_MS);
    this.#cutOff();
    await later(LAST_ANSWERS_MS);
    for (const socket of this.#sockets) socket.destroy();
  }
}

function ignoreAbort(error: unknown, signal: AbortSignal): void {
  if (!signal.aborted) throw error;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: `PORT=${port}: the port is in use by another program on ${host}`,
    EACCES: `PORT=${port}: this user may not listen on the port`,
    EADDRNOTAVAIL: `HOST=${host}: this machine has no such address`,
    ENOTFOUND: `HOST=${host}: the name is not known`,
  };
  const reason = reasons[error.code ?? ''];
  return reason ? new ConfigError(reason, { cause: error }) : error;
}
