import { MongoClient, MongoError, MongoServerError, type Document } from 'mongodb';
import { setTimeout as sleep } from 'node:timers/promises';

const NAME = 'rs0';
const NOT_YET_INITIALIZED = 94;
const POLL_MS = 25;

export const replicaSetArguments = ['--replSet', NAME];

/** How programs connect to the `mongod` on `port`. */
export const uriOf = (port: number): string => `mongodb://127.0.0.1:${port}/?replicaSet=${NAME}`;

async function currentConfig(admin: MongoClient): Promise<Document | undefined> {
  try {
    return (await admin.db('admin').command({ replSetGetConfig: 1 })).config as Document;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return undefined;
    throw error;
  }
}

/** Makes the replica set's one member the `mongod` on `port`: at the first start, and when the port has changed. */
async function putRight(client: MongoClient, port: number): Promise<void> {
  const host = `127.0.0.1:${port}`;
  const config = await currentConfig(client);
  const admin = client.db('admin');
  if (!config) await admin.command({ replSetInitiate: { _id: NAME, members: [{ _id: 0, host }] } });
  else if (config.members[0].host !== host)
    await admin.command({
      replSetReconfig: { ...config, version: config.version + 1, members: [{ ...config.members[0], host }] },
      force: true,
    });
}

/** Another server than ours answers: its port was taken in the meantime. */
class StrangerError extends Error {
  override readonly name = 'StrangerError';
}

async function checkIsOurs(client: MongoClient, database: string): Promise<void> {
  const { parsed } = await client.db('admin').command({ getCmdLineOpts: 1 });
  if (parsed.storage?.dbPath !== database) throw new StrangerError(`another server than the mongod on ${database}`);
}

async function isPrimary(client: MongoClient, port: number, database: string): Promise<boolean> {
  try {
    await checkIsOurs(client, database);
    await putRight(client, port);
    return (await client.db('admin').command({ hello: 1 })).isWritablePrimary === true;
  } catch (error) {
    // It may still be starting, recovering or electing itself, and a busy machine answers late: ask again.
    if (error instanceof MongoError) return false;
    throw error;
  }
}

/**
 * Resolves once the `mongod` on `port`, with its data in `database`, is a writable primary of its one-node replica set.
 * Rejects when `signal` aborts, and when another server answers.
 */
export async function becomePrimary(options: { port: number; database: string; signal: AbortSignal }): Promise<void> {
  const { port, database, signal } = options;
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 5_000,
    connectTimeoutMS: 5_000,
    socketTimeoutMS: 10_000,
  });
  // Ends a call to a server that does not answer.
  const close = () => void client.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    while (!(await isPrimary(client, port, database))) {
      signal.throwIfAborted();
      await sleep(POLL_MS);
    }
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', close);
    await client.close();
  }
}
