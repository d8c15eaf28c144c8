import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '#shared/room-log/types.ts';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { edit, react } from '#test/chaos/commands.ts';
import type { Line } from '#test/chaos/ledger.ts';
import type { Post, PostAnswer } from '#test/chaos/posts.ts';
import type { Answer } from '#test/http/support/http.ts';
import type { Edited, Operation } from '#test/guarantees/history.ts';
import { Client, type Ask } from '#test/cluster/support/client.ts';
import { isGood, type Exchange } from '#test/cluster/support/exchange.ts';

export interface LoadOptions {
  gateways: readonly string[];
  /** Part of every room, text and key. */
  name: string;
  /** Every fourth POST goes without an Idempotency-Key. */
  keyless?: boolean;
}

/** Clients at once, and the pause of each after an answer, in ms: steady, and not as much as the machine can take. */
const CLIENTS = 8;
const PAUSE_MS = 20;

const at = (room: string) => `/api/${room.startsWith('dm:') ? 'dm' : 'messages'}/${encodeURIComponent(room)}`;

type Written = Pick<MessageView, 'messageId' | 'text'> & { room: string };

/** A steady mix of reads and writes of several clients, with a ledger of what they were told. */
export class MixedLoad {
  readonly rooms: readonly string[];
  readonly exchanges: Exchange[] = [];
  readonly posts: Post[] = [];
  /** Edits and reactions. */
  readonly lines: Line[] = [];
  /** Edits that were acknowledged; their answers tell no rev. */
  readonly edits: Edited[] = [];
  /** Reads of whole windows and new messages, with the revs that they were answered with. */
  readonly operations: Operation[] = [];
  readonly #options: LoadOptions;
  readonly #running: Promise<unknown>;
  #index = 0;
  #over = false;

  /** Begins at once. */
  constructor(options: LoadOptions) {
    this.#options = options;
    const { name } = options;
    this.rooms = [0, 1, 2, 3].map((n) => `${name}-${n}`).concat(`dm:ada|${name}`, `dm:bob|${name}`);
    this.#running = Promise.all(Array.from({ length: CLIENTS }, (_, first) => this.#client(first)));
  }

  /** Resolves once `count` more requests have been answered well. */
  async goodAnswers(count: number): Promise<void> {
    const good = () => this.exchanges.filter(isGood).length;
    const wanted = good() + count;
    while (good() < wanted) await sleep(10);
  }

  /** Begins no more; resolves once all that is under way has ended. */
  async stop(): Promise<void> {
    this.#over = true;
    await this.#running;
  }

  async #client(first: number): Promise<void> {
    const client = new Client(this.#options.gateways, first, this.exchanges);
    let last: Written | undefined;
    for (let step = first; !this.#over; step++) {
      last = (await this.#step(client, step, last)) ?? last;
      await sleep(PAUSE_MS);
    }
  }

  /** One request; answers a message that it stored. */
  async #step(client: Client, step: number, last: Written | undefined): Promise<Written | undefined> {
    const room = this.rooms[(this.#index++ * 5) % this.rooms.length]!;
    const read = (path: string) => client.ask({ method: 'GET', path, kind: 'read', repeatable: true });
    switch (step % 10) {
      case 0:
      case 3:
      case 6:
        return this.#post(client, room);
      case 1:
      case 4:
        await this.#latest(client, room);
        return undefined;
      case 2:
        if (last) await this.#change(client, last, edit(last.messageId, `${last.text}, edited ${this.#index}`));
        return undefined;
      case 5:
        if (last) await this.#change(client, last, react(last.messageId, `u-${this.#index}`));
        return undefined;
      case 7:
        await read(`${at(room)}/page?limit=20`);
        return undefined;
      case 8:
        await read(last ? `${at(last.room)}/by-id/${last.messageId}` : `${at(room)}/changes?since=0&limit=20`);
        return undefined;
      default:
        await read(step % 20 < 10 ? '/api/groups?limit=5' : `/api/dm/threads?user=${this.#options.name}`);
        return undefined;
    }
  }

  async #latest(client: Client, room: string): Promise<void> {
    const begun = performance.now();
    const path = `${at(room)}/latest?count=20`;
    const answer = await client.ask({ method: 'GET', path, kind: 'read', repeatable: true });
    // The ETag ends with the rev of the window, and the count.
    const rev = /-(\d+)-\d+"$/.exec(answer?.headers.etag ?? '')?.[1];
    if (answer?.status === 200 && rev !== undefined) this.#note(room, 'read', Number(rev), begun);
  }

  #note(room: string, kind: Operation['kind'], rev: number, begun: number): void {
    this.operations.push({ room, kind, rev, begun, ended: performance.now() });
  }

  async #post(client: Client, room: string): Promise<Written | undefined> {
    const text = `${this.#options.name} ${this.#index}`;
    const key = this.#options.keyless && this.#index % 4 === 0 ? undefined : `key of ${text}`;
    const begun = performance.now();
    const answer = await client.ask({
      method: 'POST',
      path: room.startsWith('dm:') ? `${at(room)}/message` : at(room),
      headers: key === undefined ? {} : { 'idempotency-key': key },
      body: { userId: 'u1', username: 'Ada', text },
      kind: key === undefined ? 'post without key' : 'post',
      repeatable: key !== undefined,
    });
    this.posts.push({ room, text, ...(key !== undefined && { key }), answer: asPostAnswer(answer) });
    if (answer?.status !== 200) return undefined;
    const message = answer.json<MessageView>();
    // A repeat is answered with the message as it is by now.
    if (answer.headers['idempotent-replayed'] !== 'true') this.#note(room, 'write', message.rev, begun);
    return { room, ...message };
  }

  async #change(client: Client, { room, messageId }: Written, command: Command): Promise<void> {
    const path = `${at(room)}/${messageId}`;
    const more = { kind: 'change', repeatable: false } as const;
    const ask: Ask =
      command.op === 'edit'
        ? { method: 'PUT', path, body: { newText: command.newText }, ...more }
        : { method: 'POST', path: `${path}/reactions`, body: { emoji: '👍', ...userOf(command) }, ...more };
    const begun = performance.now();
    const answer = await client.ask(ask);
    if (command.op === 'edit' && answer?.status === 200)
      this.edits.push({ room, messageId, text: command.newText, begun, ended: performance.now() });
    this.lines.push({ room, command, answer: asLedgerAnswer(answer) });
  }
}

const userOf = (command: Command) => (command.op === 'react' ? { user: { userId: command.user.userId } } : {});

const codeOf = (answer: Answer): string => answer.json<{ code: string }>().code;

function asPostAnswer(answer: Answer | undefined): PostAnswer {
  if (!answer) return { status: 0, replayed: false };
  const { status, headers } = answer;
  const replayed = headers['idempotent-replayed'] === 'true';
  if (status === 200) return { status, replayed, message: answer.json<MessageView>() };
  const retryAfter = headers['retry-after'];
  return { status, replayed, code: codeOf(answer), ...(retryAfter && { retryAfter }) };
}

/** Nothing is known of a change whose connection was lost. */
function asLedgerAnswer(answer: Answer | undefined): Line['answer'] {
  if (answer?.status === 200) return { status: 'acknowledged', outcome: { message: null, replayed: false, count: 1 } };
  const code = answer ? codeOf(answer) : 'outcome_unknown';
  return { status: 'refused', code: code as 'bug', detail: '' };
}
