import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'node:http';
import { messageBody, ROOMS } from '#tools/bench/data.ts';

/** Between two requests of a client, in ms: a steady load, not all that the machine can take. */
const PAUSE_MS = 25;
/** A silent answer ends after that; the gateway's own deadlines are shorter. */
const TIMEOUT_MS = 20_000;

/** Answers by status, and how many requests found no answer (`lost`). */
export type Counts = Record<string, number>;

interface Answer {
  status: number;
  messageId?: string;
}

/** A steady mix of reads, writes, edits, reactions and catching up over 200 rooms and as many DMs. */
export class SoakLoad {
  readonly counts: Counts = {};
  readonly #gateways: readonly string[];
  readonly #agent = new Agent({ keepAlive: true, timeout: TIMEOUT_MS });
  readonly #running: Promise<unknown>;
  #over = false;

  /** Begins at once. `gateways`: `http://host:port`, without `/api`; clients are spread over them. */
  constructor(gateways: readonly string[], clients: number) {
    this.#gateways = gateways;
    this.#running = Promise.all(Array.from({ length: clients }, (_, first) => this.#client(first)));
  }

  /** Begins no more; resolves once all that is under way has ended. */
  async stop(): Promise<void> {
    this.#over = true;
    await this.#running;
    this.#agent.destroy();
  }

  async #client(first: number): Promise<void> {
    let last: { path: string; messageId: string } | undefined;
    for (let step = first * 7; !this.#over; step += 1) {
      const room = ROOMS[(step * 31) % ROOMS.length]!;
      const path = step % 3 === 0 ? `/api/dm/${encodeURIComponent(`dm:ada|${room}`)}` : `/api/messages/${room}`;
      switch (step % 10) {
        case 0:
        case 5: {
          const post = path.startsWith('/api/dm/') ? `${path}/message` : path;
          const answer = await this.#ask(first, 'POST', post, messageBody('soak', room, step));
          if (answer?.messageId) last = { path, messageId: answer.messageId };
          break;
        }
        case 3:
          if (last) await this.#ask(first, 'PUT', `${last.path}/${last.messageId}`, { newText: `edited ${step}` });
          break;
        case 6:
          if (last)
            await this.#ask(first, 'POST', `${last.path}/${last.messageId}/reactions`, {
              emoji: '👍',
              user: { userId: `u_${first}` },
            });
          break;
        case 7:
          await this.#ask(first, 'GET', `${path}/changes?since=0&limit=20`);
          break;
        case 8:
          await this.#ask(first, 'GET', step % 20 < 10 ? '/api/groups?limit=20' : '/api/dm/threads?user=ada');
          break;
        default:
          await this.#ask(first, 'GET', `${path}/latest?count=100`);
      }
      await sleep(PAUSE_MS);
    }
  }

  async #ask(client: number, method: string, path: string, body?: unknown): Promise<Answer | undefined> {
    const url = new URL(path, this.#gateways[client % this.#gateways.length]);
    try {
      const answer = await send(url, method, this.#agent, body);
      this.counts[answer.status] = (this.counts[answer.status] ?? 0) + 1;
      return answer;
    } catch {
      // Counted, and shown as what it is: a request without an answer.
      this.counts.lost = (this.counts.lost ?? 0) + 1;
      return undefined;
    }
  }
}

function send(url: URL, method: string, agent: Agent, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request(url, { method, agent, headers, timeout: TIMEOUT_MS }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const status = answer.statusCode ?? 0;
        if (method !== 'POST' || status !== 200) return resolve({ status });
        resolve({ status, ...(JSON.parse(Buffer.concat(chunks).toString()) as { messageId?: string }) });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
