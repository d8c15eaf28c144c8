import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Fault } from '#shared/errors.ts';
import { monotonic } from '#shared/deadline.ts';
import { MEDIA_KEY_HEADER } from '#services/media/media.contract.ts';
import { read, type Caller } from '#services/api-gateway/upstream.ts';

/** For reading files an instance is asked for again after so long, in ms: others may have come, and its key may be new. */
const KNOWN_MS = 5_000;

/** Files read at a time from the media services; what is beyond waits. */
const READS = 128;

/** Longer than the store may take for an upload, 60 s, so that the media service's own answer comes first. */
const SILENCE_MS = 65_000;

/** Tries to reach an instance; one that just stopped is still told of for a moment. */
const TRIES = 3;

interface Instance {
  host: string;
  port: number;
  key: string;
}

export interface MediaRequest {
  method: string;
  path: string;
  headers: Record<string, string | undefined>;
}

/** The way to the media services: HTTP to an instance that NATS tells of, one hop for each file. */
export class MediaLink {
  readonly #reads = new Agent({ keepAlive: true, maxSockets: READS, timeout: SILENCE_MS });
  #known: (Instance & { until: number }) | undefined;

  /** Closes what is kept open for further reads. */
  close(): void {
    this.#reads.destroy();
  }

  /**
   * A connected request whose body the caller has to write; nothing of it was sent when this throws.
   * Throws service_unavailable.
   */
  async upload(caller: Caller, request: MediaRequest, deadline: number): Promise<ClientRequest> {
    for (let attempt = 1; ; attempt++) {
      const outgoing = start(await locate(caller, deadline), request);
      try {
        await connected(outgoing);
        return outgoing;
      } catch (error) {
        if (attempt === TRIES) throw new Fault('service_unavailable', undefined, { cause: error });
      }
    }
  }

  /** The answer to a request without a body. Throws service_unavailable. */
  async read(caller: Caller, request: MediaRequest, deadline: number): Promise<IncomingMessage> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await answered(start(await this.#instance(caller, deadline), request, this.#reads).end());
        // The process was started again, with another key.
        if (answer.statusCode !== 401 || attempt === TRIES) return answer;
        answer.resume();
      } catch (error) {
        if (attempt === TRIES) throw new Fault('service_unavailable', undefined, { cause: error });
      }
      this.#known = undefined;
    }
  }

  async #instance(caller: Caller, deadline: number): Promise<Instance> {
    const now = monotonic();
    if (this.#known && now < this.#known.until) return this.#known;
    this.#known = { ...(await locate(caller, deadline)), until: now + KNOWN_MS };
    return this.#known;
  }
}

const locate = (caller: Caller, deadline: number): Promise<Instance> => read(caller, 'media.locate', {}, deadline);

function start({ host, port, key }: Instance, { method, path, headers }: MediaRequest, agent?: Agent): ClientRequest {
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const outgoing = httpRequest({
    host,
    port,
    method,
    path,
    // An upload's connection ends with it, so that one that breaks leaves nothing. It is for this side to end: a server
    // that was told "close" does it with its answer, and what is still being sent then takes an early answer back.
    headers: { ...given, [MEDIA_KEY_HEADER]: key, connection: 'keep-alive' },
    agent: agent ?? false,
    timeout: SILENCE_MS,
  });
  return outgoing.once('timeout', () => outgoing.destroy(new Fault('service_timeout')));
}

function connected(outgoing: ClientRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('socket', (socket) => {
      socket.once('connect', () => {
        outgoing.off('error', reject);
        resolve();
      });
    });
    // The socket is made at once, but not told of before the head is asked for.
    outgoing.flushHeaders();
  });
}

function answered(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', resolve);
  });
}
