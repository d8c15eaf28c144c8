import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command, Window } from '#shared/room-log/types.ts';
import type { WriterStats } from '#shared/room-log/writer.ts';
import type { Answer, Failure, FromWriter, Step, ToWriter, When } from '#test/chaos/protocol.ts';

/** A write without an answer for so long after its deadline hangs, in ms. */
const HANGS_MS = 5_000;

export type Shown = Pick<Window, 'items' | 'rev'>;

type Result = Window | WriterStats | null | undefined;

/** A room log in a process of its own: see writer.ts. */
export class WriterProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  readonly #results = new Map<number, PromiseWithResolvers<Result>>();
  #atTheStep: () => void = () => undefined;
  #ids = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, 'exit');
    child.on('message', (message: FromWriter) => this.#hear(message));
    child.on('exit', () => {
      for (const answer of this.#answers.values()) answer({ status: 'died' });
      for (const result of this.#results.values()) result.reject(new Error('the writer has ended'));
    });
  }

  /** Starts a writer; resolves once it takes writes. */
  static async start(uri: string, database: string): Promise<WriterProcess> {
    const path = fileURLToPath(new URL('writer.ts', import.meta.url));
    const child = fork(path, [uri, database], { serialization: 'advanced', execArgv: ['--no-warnings'] });
    const ready = once(child, 'message');
    const writer = new WriterProcess(child);
    await Promise.race([
      ready,
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`the writer ended at its start: ${code}`))),
    ]);
    return writer;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Never rejects: the answer says what became of the write. */
  submit(room: string, command: Command, budgetMs: number): Promise<Answer> {
    const id = ++this.#ids;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const timer = setTimeout(resolve, budgetMs + HANGS_MS, { status: 'hung' } satisfies Answer);
    this.#answers.set(id, (answer) => {
      clearTimeout(timer);
      this.#answers.delete(id);
      resolve(answer);
    });
    this.#say({ kind: 'submit', id, room, command, budgetMs });
    return promise;
  }

  /** Makes the writer stop at its next step of this kind; the answer resolves once it stands there. */
  stopAt(step: Step, when: When): Promise<void> {
    const there = new Promise<void>((resolve) => (this.#atTheStep = resolve));
    this.#say({ kind: 'arm', step, when });
    return there;
  }

  /** Lets the writer go on from where it stands; with `failure` the step throws. */
  go(failure?: Failure): void {
    this.#say({ kind: 'go', ...(failure && { failure }) });
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async sweep(): Promise<void> {
    await this.#ask({ kind: 'sweep', id: ++this.#ids });
  }

  async stats(): Promise<WriterStats> {
    return (await this.#ask({ kind: 'stats', id: ++this.#ids })) as WriterStats;
  }

  /** The messages that the writer shows of a room, and the rev that it says they stand for. */
  async window(room: string): Promise<Shown | null> {
    const window = (await this.#ask({ kind: 'window', id: ++this.#ids, room })) as Window | null;
    // Made anew here: what comes over IPC has prototypes that are not this realm's.
    return window && (JSON.parse(JSON.stringify({ items: window.items, rev: window.rev })) as Shown);
  }

  async close(): Promise<void> {
    if (!this.alive) return;
    await this.#ask({ kind: 'close', id: ++this.#ids });
    await this.#exited;
  }

  #ask(order: Extract<ToWriter, { kind: 'sweep' | 'stats' | 'close' | 'window' }>) {
    const result = Promise.withResolvers<Result>();
    this.#results.set(order.id, result);
    this.#say(order);
    return result.promise;
  }

  #say(order: ToWriter): void {
    // The process may die at any time; its `exit` answers whoever waits.
    this.#child.send(order, () => undefined);
  }

  #hear(message: FromWriter): void {
    if (message.kind === 'answer') this.#answers.get(message.id)?.(message.answer);
    else if (message.kind === 'at-the-step') this.#atTheStep();
    else if (message.kind === 'result') {
      this.#results.get(message.id)?.resolve(message.value);
      this.#results.delete(message.id);
    }
  }
}
