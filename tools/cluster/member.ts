import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { pause } from '#shared/pause.ts';
import { identify, type ProcessId } from '#tools/mongod/process-id.ts';
import { freePort } from '#tools/mongod/port.ts';
import { BackOff } from '#tools/cluster/back-off.ts';
import { sayLines, type Say } from '#tools/cluster/output.ts';
import { untilReady } from '#tools/cluster/readiness.ts';
import { spawnService } from '#tools/cluster/spawn-service.ts';
import type { ProcessState } from '#tools/cluster/state.ts';
import { urlOf } from '#tools/start/url.ts';

export interface MemberOptions {
  service: string;
  /** From 1. */
  instance: number;
  host: string;
  /** The port of a gateway. */
  port?: number;
  healthPort: number;
  /** What it needs of the environment beside its own name and ports. */
  env: Record<string, string>;
  /** For what it prints, and for what is said about it. */
  say: Say;
  /** Called whenever what `state` answers has changed. */
  changed: () => void;
}

/** One process of the cluster: started, watched, started again when it ends, stopped. */
export class Member {
  readonly service: string;
  readonly instance: number;
  readonly nodeId: string;
  readonly #options: MemberOptions;
  readonly #stopping = new AbortController();
  readonly #firstReady = Promise.withResolvers<boolean>();
  #healthPort: number;
  #child: ChildProcess | undefined;
  #id: ProcessId | null = null;
  #ready = false;
  #restarts = 0;
  #running: Promise<void> | undefined;

  constructor(options: MemberOptions) {
    this.service = options.service;
    this.instance = options.instance;
    this.nodeId = `${options.service}-${options.instance}`;
    this.#options = options;
    this.#healthPort = options.healthPort;
  }

  get state(): ProcessState {
    const { host, port } = this.#options;
    return {
      service: this.service,
      instance: this.instance,
      nodeId: this.nodeId,
      id: this.#id,
      ready: this.#ready,
      restarts: this.#restarts,
      healthUrl: urlOf({ host, port: this.#healthPort }),
      ...(port === undefined ? {} : { url: urlOf({ host, port }) }),
    };
  }

  /** Starts it and keeps it running. Resolves true once it is ready for the first time, false when it is stopped before. */
  start(): Promise<boolean> {
    this.#running ??= this.#run();
    return this.#firstReady.promise;
  }

  /** Ends it by SIGTERM, and by SIGKILL after `graceMs`; resolves once it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#firstReady.resolve(false);
    const child = this.#child;
    child?.kill('SIGTERM');
    const late = setTimeout(() => {
      this.#options.say(`does not end within ${graceMs / 1_000} s: it is killed`);
      child?.kill('SIGKILL');
    }, graceMs);
    await this.#running;
    clearTimeout(late);
  }

  /** Ends it at once. */
  kill(): void {
    this.#stopping.abort();
    this.#child?.kill('SIGKILL');
  }

  async #run(): Promise<void> {
    const { say } = this.#options;
    const { signal } = this.#stopping;
    const backOff = new BackOff();
    while (!signal.aborted) {
      const begin = performance.now();
      const end = await this.#once();
      if (signal.aborted) return;
      const wait = backOff.after({ lifeMs: performance.now() - begin, orderly: end === 'exit code 0' });
      say(`ended (${end}); it is started again in ${wait / 1_000} s`);
      await pause(wait, signal);
      this.#restarts += 1;
    }
  }

  /** Runs it once. Resolves, with how it ended, when it has. */
  async #once(): Promise<string> {
    const { service, host, port, env, say } = this.#options;
    // The same as before, unless somebody took it while the process was away.
    this.#healthPort = await freePort(this.#healthPort, host);
    if (this.#stopping.signal.aborted) return 'stopped';
    const child = spawnService(service, {
      ...env,
      NODE_ID: this.nodeId,
      HEALTH_PORT: String(this.#healthPort),
      ...(port === undefined ? {} : { PORT: String(port) }),
    });
    this.#child = child;
    this.#note((child.pid !== undefined && identify(child.pid)) || null, false);
    sayLines(child.stdout!, say);
    sayLines(child.stderr!, say);
    const gone = new AbortController();
    void this.#watchReadiness(gone.signal);
    try {
      const [code, name] = (await once(child, 'exit')) as [number | null, string | null];
      return name ?? `exit code ${code}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      gone.abort();
      this.#child = undefined;
      this.#note(null, false);
    }
  }

  async #watchReadiness(gone: AbortSignal): Promise<void> {
    const { say } = this.#options;
    const signal = AbortSignal.any([gone, this.#stopping.signal]);
    const { healthUrl } = this.state;
    if (!(await untilReady(healthUrl, signal, (problem) => say(`is not ready: ${problem}`)))) return;
    say('is ready');
    this.#note(this.#id, true);
    this.#firstReady.resolve(true);
  }

  #note(id: ProcessId | null, ready: boolean): void {
    this.#id = id;
    this.#ready = ready;
    this.#options.changed();
  }
}
