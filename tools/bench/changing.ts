import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, MongoClient } from 'mongodb';
import { CHANGING_ROOM, messageBody } from '#tools/bench/data.ts';
import { latest } from '#tools/bench/scenarios.ts';
import { DATABASES, type Stage } from '#tools/bench/stage.ts';

/** A room that is written to at a fixed rate while many read it: who causes the queries, the writes or the readers? */

export const CHANGING = 'a room that changes while it is read';
const READERS = [8, 32, 128];
const WRITES_PER_SECOND = 50;
/** For so long both go on before it counts, in ms. */
const WARM_UP_MS = 500;

/** Queries that collections of the room log have had. */
export interface Queries {
  messages: number;
  heads: number;
}

export interface Changing {
  readers: number;
  readsPerSecond: number;
  /** Of the reads, in ms. */
  p99: number;
  /** Of reads and writes. */
  errors: number;
  ms: number;
  writes: number;
  queries: Queries;
}

/** What `top` has counted of a database so far; MongoDB counts every `find` as a query. */
export function queriesOf(totals: Record<string, { queries?: { count: number } }>, database: string): Queries {
  const of = (collection: string) => totals[`${database}.${collection}`]?.queries?.count ?? 0;
  return { messages: of('group_messages'), heads: of('rooms') };
}

const queries = async (db: Db): Promise<Queries> =>
  queriesOf((await db.admin().command({ top: 1 })).totals, db.databaseName);

/** Writes at the fixed rate, whatever the answers, until `signal` aborts. */
class Writer {
  answered = 0;
  errors = 0;
  readonly #url: string;

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}/api/messages/${CHANGING_ROOM}`;
  }

  async run(signal: AbortSignal): Promise<void> {
    const begin = performance.now();
    const under: Promise<void>[] = [];
    for (let n = 0; !signal.aborted; n += 1) {
      under.push(this.#write(n));
      await sleep(Math.max(0, begin + (n + 1) * (1_000 / WRITES_PER_SECOND) - performance.now()));
    }
    await Promise.all(under);
  }

  async #write(n: number): Promise<void> {
    const body = JSON.stringify(messageBody(CHANGING_ROOM, 'changes', n));
    try {
      const answer = await fetch(this.#url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      await answer.arrayBuffer();
      if (answer.ok) this.answered += 1;
      else this.errors += 1;
    } catch {
      this.errors += 1;
    }
  }
}

async function measure(db: Db, port: number, readers: number, ms: number, { generator }: Stage): Promise<Changing> {
  const load = { port, requests: [latest(CHANGING_ROOM)], expected: 200, clients: readers };
  const writer = new Writer(port);
  const over = new AbortController();
  const writing = writer.run(over.signal);
  try {
    await generator.run({ ...load, ms: WARM_UP_MS });
    const [before, written] = [await queries(db), writer.answered];
    const reads = await generator.run({ ...load, ms });
    const [after, writes] = [await queries(db), writer.answered - written];
    return {
      readers,
      readsPerSecond: reads.requests / (reads.ms / 1_000),
      p99: reads.p99,
      errors: reads.errors + writer.errors,
      ms: reads.ms,
      writes,
      queries: { messages: after.messages - before.messages, heads: after.heads - before.heads },
    };
  } finally {
    over.abort();
    await writing;
  }
}

/** One line for each number of readers, `ms` each. */
export async function measureChanging(stage: Stage, ms: number, signal: AbortSignal): Promise<Changing[]> {
  const { port } = stage.contestants.find(({ name }) => name === 'ours')!;
  const client = await new MongoClient(stage.mongod.uri).connect();
  try {
    const lines: Changing[] = [];
    for (const readers of READERS) {
      signal.throwIfAborted();
      lines.push(await measure(client.db(DATABASES.ours), port, readers, ms, stage));
    }
    return lines;
  } finally {
    await client.close();
  }
}
