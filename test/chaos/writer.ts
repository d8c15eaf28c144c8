import { MongoBulkWriteError, MongoNetworkError, MongoServerError, type BulkWriteResult } from 'mongodb';
import { loadConfig } from '#shared/config.ts';
import { monotonic } from '#shared/deadline.ts';
import { isFault } from '#shared/errors.ts';
import { createClient } from '#shared/mongo.ts';
import { databaseFault } from '#shared/mongo-faults.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { openRooms } from '#shared/room-log/open.ts';
import type { Command } from '#shared/room-log/types.ts';
import { withHooks, type Hook } from '#test/chaos/fault-collections.ts';
import type { Answer, Failure, FromWriter, Step, ToWriter, When } from '#test/chaos/protocol.ts';

/**
 * A process of its own with a room log of its own, driven over IPC. Arguments: address of MongoDB, name of the database.
 * It stops at the step that it is told to, and waits there for `go`: to be killed, frozen or cut off meanwhile.
 */
const [uri, name] = process.argv.slice(2);
const say = (message: FromWriter) => process.send!(message);
process.on('disconnect', () => process.exit());

/** What the driver throws when a bulk write as a whole goes wrong. */
function failureOf(failure: Failure): Error {
  const causes = {
    'not-primary': { error: new MongoServerError({ message: 'not primary', code: 10_107 }) },
    'write-concern': { error: { message: 'waiting for replication timed out', code: 64 }, concern: { code: 64 } },
    network: { error: new MongoNetworkError('connection closed') },
  };
  const { error, concern } = { concern: undefined, ...causes[failure] };
  const result = { getWriteConcernError: () => concern } as unknown as BulkWriteResult;
  return new MongoBulkWriteError(error, result);
}

let armed: { step: Step; when: When } | undefined;
let go: (failure?: Failure) => void = () => undefined;

const hook: Hook = async (step, when) => {
  if (armed?.step !== step || armed.when !== when) return;
  armed = undefined;
  const decided = new Promise<Failure | undefined>((resolve) => (go = resolve));
  say({ kind: 'at-the-step' });
  const failure = await decided;
  if (failure) throw failureOf(failure);
};

const client = createClient(loadConfig({ MONGO_URI: uri!, MONGO_DB_NAME: name! }), { retryWrites: false });
const db = client.db(name);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const rooms = await openRooms({ db, logger: quiet, collections: withHooks(collectionsOf(db), hook), sweep: false });

async function answerTo(room: string, command: Command, budgetMs: number): Promise<Answer> {
  try {
    return { status: 'acknowledged', outcome: await rooms.submit(room, command, monotonic() + budgetMs) };
  } catch (raw) {
    const error = databaseFault(raw);
    if (isFault(error)) return { status: 'refused', code: error.type, detail: error.message };
    return { status: 'refused', code: 'bug', detail: String(error) };
  }
}

async function carryOut(order: ToWriter): Promise<void> {
  switch (order.kind) {
    case 'submit': {
      const answer = await answerTo(order.room, order.command, order.budgetMs);
      say({ kind: 'answer', id: order.id, answer });
      return;
    }
    case 'arm':
      armed = order;
      return;
    case 'go':
      go(order.failure);
      return;
    case 'sweep':
      await rooms.sweeper.sweep();
      say({ kind: 'result', id: order.id });
      return;
    case 'stats':
      say({ kind: 'result', id: order.id, value: { ...rooms.stats } });
      return;
    case 'window': {
      const read = await rooms.window(order.room);
      say({ kind: 'result', id: order.id, value: read?.window ?? null });
      return;
    }
    case 'close':
      await rooms.close();
      await client.close();
      say({ kind: 'result', id: order.id });
      process.disconnect();
  }
}

process.on('message', (order: ToWriter) => void carryOut(order));
say({ kind: 'ready' });
