import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { topicOf } from '#shared/kafka/topics.ts';
import { changesIn, isComplete, problemsOfEvents } from '#test/guarantees/events/check.ts';
import { readTopic } from '#test/shared/relay/support/topic-reader.ts';
import { testDatabase } from '#test/support/database.ts';
import { startKafka } from '#test/support/kafka.ts';
import { startMongod } from '#test/support/mongod.ts';
import { type Verified, verify } from '#tools/verify/verify.ts';

export interface EventsDrillOptions {
  /** How many changes to write at least; the faults are spread over them. */
  changes: number;
  rooms: number;
  /** How long the broker stays away, in ms. */
  awayMs: number;
  tell: (line: string) => void;
}

export interface EventsDrillResult {
  changes: number;
  arrived: number;
  /** What `npm run verify` counts. */
  verified: Verified;
  problems: string[];
  /** From the last write to the last event, in ms. */
  caughtUpMs: number;
}

/** Everything must have arrived so long after the last write, in ms: twice the longest wait for a lease, and a broker's start. */
const CATCH_UP_MS = 120_000;
/** A window is written at the latest so long after its event, in ms, and a rebalance comes before that. */
const WINDOWS_MS = 20_000;
const PREFIX = 'drill';
const MEMBERS = 2;

/**
 * The ledger of events: processes write thousands of changes while, in turn, each of them (the one that relays, too),
 * the broker and the database are SIGKILLed and started again, and the broker is away for a while. Then the topic must
 * have every change of the log, in order; heads, messages and windows must equal the log; and no writer may have missed
 * its own write.
 */
export async function eventsDrill({ changes, rooms, awayMs, tell }: EventsDrillOptions): Promise<EventsDrillResult> {
  const [mongod, kafka] = await Promise.all([startMongod(), startKafka()]);
  const database = await testDatabase(mongod.uri);
  const config = database.config({ KAFKA_BOOTSTRAP: kafka.bootstrap, KAFKA_TOPIC_PREFIX: PREFIX });
  const members: ChildProcess[] = [];
  const missed: string[] = [];
  let written = 0;

  const until = async (count: number) => {
    const enough = () => written >= count;
    while (!enough()) await sleep(50);
  };
  async function start(number: number): Promise<void> {
    const path = fileURLToPath(new URL('member.ts', import.meta.url));
    const args = [`${number}-${written}`, mongod.uri, database.name, kafka.bootstrap, PREFIX, String(rooms)];
    const child = fork(path, args, { execArgv: ['--no-warnings'] });
    members[number] = child;
    await once(child, 'message');
    child.on('message', (told: string) => {
      if (told === 'wrote') written += 1;
      else missed.push(told);
    });
  }
  async function killMember(number: number): Promise<void> {
    const child = members[number]!;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    await start(number);
  }
  const faults: [name: string, happen: () => Promise<void>][] = [
    ['a process is killed', () => killMember(0)],
    ['the other process is killed', () => killMember(1)],
    ['the database is killed', () => mongod.restart()],
    ['the broker is killed', () => kafka.kill().then(() => kafka.start())],
    [
      'the broker is away',
      () =>
        kafka
          .kill()
          .then(() => sleep(awayMs))
          .then(() => kafka.start()),
    ],
    ['all processes are killed', async () => void (await Promise.all([killMember(0), killMember(1)]))],
  ];

  try {
    for (let number = 0; number < MEMBERS; number += 1) await start(number);
    for (const [index, [name, happen]] of faults.entries()) {
      const due = (changes * (index + 1)) / (faults.length + 1);
      await until(due);
      tell(`${written} changes: ${name}`);
      await happen();
    }
    await until(changes);
    for (const member of members) member.send('stop');
    const ended = performance.now();
    // The last writes are settled within their deadline.
    await sleep(5_000);
    const log = await changesIn(database.db);
    const reader = await readTopic(config, topicOf(config, 'messages'));
    while (!isComplete(log, reader.arrived) && performance.now() - ended < CATCH_UP_MS) await sleep(100);
    const caughtUpMs = Math.round(performance.now() - ended);
    await reader.close();
    await sleep(WINDOWS_MS);
    const different: string[] = [];
    const verified = await verify(database.db, {
      meter: () => ({ step: () => undefined, end: () => undefined }),
      report: (one) => different.push(`${one.room} ${one.kind} ${one.text}`),
    });
    const count = [...log.values()].reduce((sum, { length }) => sum + length, 0);
    return {
      changes: count,
      arrived: reader.arrived.length,
      verified,
      problems: [...missed, ...different, ...problemsOfEvents(log, reader.arrived)],
      caughtUpMs,
    };
  } finally {
    for (const member of members) member.kill('SIGKILL');
    await database.drop().catch((error: unknown) => tell(`the database is not dropped: ${String(error)}`));
    await Promise.all([mongod.stop(), kafka.stop()]);
  }
}
