import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signal } from '#tools/mongod/process-id.ts';
import { ended, stopProcess } from '#tools/mongod/stop.ts';
import type { Notes, NotesFile } from '#tools/servers/notes.ts';

const WATCH_MS = 200;
/** Waits between starts of a server that keeps dying; after a minute of life the first counts again. */
const BACK_OFF_MS = [0, 250, 1_000, 2_000, 5_000, 10_000];
const CALM_MS = 60_000;
/** A server left behind that doesn't answer for so long is killed; a journal brings back what it acknowledged. */
const ANSWER_MS = 5_000;

export interface SupervisorLog {
  warn(text: string): void;
  info(text: string): void;
}

/** A server that can be run, and run again. */
export interface Runnable {
  /** For people: `mongod`. */
  name: string;
  notes: NotesFile;
  /** Resolves once the noted process serves; rejects when it is not that server that answers, or when `signal` aborts. */
  answers(notes: Notes, signal: AbortSignal): Promise<void>;
  /** Starts it where its notes say, or elsewhere, and notes what runs. Throws ConfigError with one line. */
  begin(): Promise<void>;
  /** Starts it again on the port that its clients know, and notes what runs. */
  again(notes: Notes): Promise<void>;
}

/** A server that is kept running. */
export interface Supervised {
  readonly notes: Notes;
  /** Stops it, by SIGKILL after `budgetMs`. */
  stop(budgetMs: number): Promise<void>;
  /** Tells it to stop, without waiting for it. */
  abandon(): void;
}

/** True when the noted process still runs and answers; one that runs and doesn't answer is killed. */
async function leftBehind(server: Runnable): Promise<boolean> {
  const notes = server.notes.read();
  if (!notes || !isAlive(notes)) return false;
  try {
    await server.answers(notes, AbortSignal.timeout(ANSWER_MS));
    return true;
  } catch {
    signal(notes, 'SIGKILL');
    await ended(notes, ANSWER_MS);
    return false;
  }
}

/** Starts it again, and again, until it runs or `stopped`. */
async function revive(server: Runnable, log: SupervisorLog, stopped: AbortSignal): Promise<void> {
  const notes = server.notes.read()!;
  for (let attempt = 0; !stopped.aborted; attempt++) {
    await sleep(BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)]);
    if (stopped.aborted) return;
    try {
      await server.again(notes);
      log.info(`${server.name} runs again (pid ${server.notes.read()?.pid})`);
      return;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn(`${server.name} could not be started again: ${reason}`);
    }
  }
}

async function watch(server: Runnable, log: SupervisorLog, stopped: AbortSignal): Promise<void> {
  let aliveSince = performance.now();
  let deaths = 0;
  while (!stopped.aborted) {
    await sleep(WATCH_MS, undefined, { ref: false });
    const notes = server.notes.read()!;
    if (stopped.aborted || isAlive(notes)) continue;
    if (performance.now() - aliveSince > CALM_MS) deaths = 0;
    log.warn(`${server.name} (pid ${notes.pid}) has died; it is started again`);
    await sleep(BACK_OFF_MS[Math.min(deaths++, BACK_OFF_MS.length - 1)]);
    await revive(server, log, stopped);
    aliveSince = performance.now();
  }
}

/**
 * Runs a server and keeps it running. One that a killed parent left behind is used again. The caller owns the data folder.
 * Throws ConfigError with one line that says what to do.
 */
export async function supervise(server: Runnable, log: SupervisorLog): Promise<Supervised> {
  if (!(await leftBehind(server))) await server.begin();
  const notes = () => server.notes.read()!;
  const stopping = new AbortController();
  const watching = watch(server, log, stopping.signal);
  return {
    get notes() {
      return notes();
    },
    abandon() {
      stopping.abort();
      signal(notes(), 'SIGTERM');
    },
    async stop(budgetMs) {
      stopping.abort();
      await stopProcess(notes(), budgetMs);
      await Promise.race([watching, sleep(budgetMs)]);
      // One that was just being started again.
      await stopProcess(notes(), budgetMs);
    },
  };
}
