import { DEADLINES } from '#shared/deadline.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { send } from '#test/http/support/http.ts';

/** How a POST ended for its client. */
export interface PostAnswer {
  /** 0: the connection ended, or could not be made; nothing is known. -1: no answer long after the deadline. */
  status: number;
  /** Of a problem. */
  code?: string;
  retryAfter?: string;
  /** Of a 200. */
  message?: Pick<MessageView, 'messageId' | 'seq' | 'text'>;
  replayed: boolean;
}

export interface Post {
  room: string;
  text: string;
  key?: string;
  answer: PostAnswer;
}

const NOTHING_KNOWN: PostAnswer = { status: 0, replayed: false };
const NO_ANSWER: PostAnswer = { status: -1, replayed: false };

/** The longest deadline of the gateway, and what a loaded machine may add to it. */
const PATIENCE_MS = DEADLINES.settle + 5_000;

/** Clients that post messages, each text once; three of four with an Idempotency-Key. */
export class Posts {
  readonly done: Post[] = [];
  /** Where the program listens; another after it was started again. */
  url: string;
  readonly #name: string;
  readonly #rooms: readonly string[];
  #next = 0;
  #begun = 0;
  #gate: Promise<void> | undefined;

  /** `name` is part of every text and key. */
  constructor(url: string, name: string, rooms: readonly string[]) {
    this.url = url;
    this.#name = name;
    this.#rooms = rooms;
  }

  /** Posts that are on their way. */
  get underWay(): number {
    return this.#begun - this.done.length;
  }

  /** Keeps `clients` clients posting until `enough`. */
  async run(clients: number, enough: (begun: number) => boolean): Promise<void> {
    const client = async () => {
      for (;;) {
        await this.#gate;
        if (enough(this.#begun)) return;
        await this.#one();
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  /** Settles once so many posts are answered. */
  async answered(count: number): Promise<void> {
    while (this.done.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Begins no new posts until what it answers is called. */
  pause(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return () => {
      this.#gate = undefined;
      resolve();
    };
  }

  /** The same request again; answers what came. */
  repeat({ room, text, key }: Pick<Post, 'room' | 'text' | 'key'>): Promise<PostAnswer> {
    return this.#send(room, text, key);
  }

  async #one(): Promise<void> {
    const index = this.#next++;
    this.#begun += 1;
    const room = this.#rooms[index % this.#rooms.length]!;
    const text = `${this.#name} ${index}`;
    const key = index % 4 === 0 ? {} : { key: `key of ${text}` };
    this.done.push({ room, text, ...key, answer: await this.#send(room, text, key.key) });
  }

  async #send(room: string, text: string, key: string | undefined): Promise<PostAnswer> {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    const path = `/api/messages/${encodeURIComponent(room)}`;
    const body = { userId: 'u1', username: 'Ada', text };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    let answer: Awaited<ReturnType<typeof send>>;
    try {
      answer = await send(this.url, { method: 'POST', path, headers, body, signal });
    } catch {
      // Whichever way the connection ended: the client knows nothing.
      return signal.aborted ? NO_ANSWER : NOTHING_KNOWN;
    }
    const replayed = answer.headers['idempotent-replayed'] === 'true';
    if (answer.status === 200) return { status: 200, replayed, message: answer.json<MessageView>() };
    const { code } = answer.json<{ code?: string }>();
    const retryAfter = answer.headers['retry-after'];
    return { status: answer.status, replayed, ...(code && { code }), ...(retryAfter && { retryAfter }) };
  }
}
