import { connect, type Socket } from 'node:net';
import { Answers } from '#tools/bench/load/answers.ts';

/** What clients of one load share: the requests, and who counts. */
export interface Work {
  port: number;
  /** The next request to send; undefined: no more. */
  next(): Buffer | undefined;
  answered(ms: number, status: number, bytes: number): void;
  failed(reason: string): void;
}

/** The kernel hands over a whole answer of 60 kB at once. */
const READ_BYTES = 128 * 1024;
/** A client whose connection breaks so often gives up. */
const MOST_BREAKS = 20;

/** One client with one keep-alive connection: sends a request, waits for its answer, sends the next (a closed loop). */
export class Client {
  readonly #work: Work;
  readonly #done = Promise.withResolvers<void>();
  #socket: Socket | undefined;
  #sentAt = 0;
  #breaks = 0;
  #over = false;

  constructor(work: Work) {
    this.#work = work;
  }

  /** Connects; resolves once the connection stands. */
  async connect(): Promise<void> {
    const answers = new Answers((status, bytes) => {
      this.#work.answered(performance.now() - this.#sentAt, status, bytes);
      this.#send();
    });
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const socket = connect({
      host: '127.0.0.1',
      port: this.#work.port,
      noDelay: true,
      // Reading into one buffer spares an allocation for every answer.
      onread: {
        buffer,
        callback: (length) => {
          try {
            answers.take(buffer.subarray(0, length));
          } catch (error) {
            socket.destroy(error instanceof Error ? error : new Error(String(error)));
          }
          return true;
        },
      },
    });
    this.#socket = socket;
    const connected = Promise.withResolvers<void>();
    let reason = 'the connection was closed';
    socket.once('connect', () => connected.resolve());
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.once('close', () => {
      connected.resolve();
      void this.#broken(reason);
    });
    await connected.promise;
  }

  /** Sends until there is no more to send; resolves after the last answer. */
  run(): Promise<void> {
    this.#send();
    return this.#done.promise;
  }

  /** Ends it, whatever is under way. */
  stop(): void {
    this.#over = true;
    this.#socket?.destroy();
    this.#done.resolve();
  }

  #send(): void {
    const request = this.#over ? undefined : this.#work.next();
    if (!request) {
      this.stop();
      return;
    }
    this.#sentAt = performance.now();
    this.#socket?.write(request);
  }

  async #broken(reason: string): Promise<void> {
    if (this.#over) return;
    this.#work.failed(reason);
    this.#breaks += 1;
    if (this.#breaks >= MOST_BREAKS) {
      this.stop();
      return;
    }
    await this.connect();
    if (!this.#socket?.destroyed) this.#send();
  }
}
