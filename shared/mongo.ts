import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import { type Config, ConfigError } from '#shared/config.ts';
import { DEADLINES } from '#shared/deadline.ts';
import { checkOurs } from '#shared/own-database.ts';

/** A share of the process's connection to MongoDB. Each holder closes its own share, once. */
export interface Mongo {
  client: MongoClient;
  db: Db;
  close: () => Promise<void>;
}

type MongoConfig = Pick<
  Config,
  'mongoUri' | 'mongoDbName' | 'mongoServerSelectionTimeoutMs' | 'mongoConnectTimeoutMs' | 'mongoSocketTimeoutMs'
>;

/**
 * Connections of one process to one server. A flush and the shared head query need a handful; the rest are page and
 * history reads. A bound, so that a stalled server costs waiting and not file descriptors.
 */
const MAX_POOL_SIZE = 64;

/**
 * False for who settles every write itself, as the room log does (L4, L5): MongoDB keeps a record of its own for each
 * statement that it could be asked to retry, a sixth of what a message costs it.
 */
export interface Retrying {
  retryWrites?: boolean;
}

/**
 * A client that writes journaled to a majority and reads on the primary (P1, P2). Not connected yet.
 * Throws ConfigError for an address that the driver cannot read.
 */
export function createClient(config: MongoConfig, { retryWrites = true }: Retrying = {}): MongoClient {
  try {
    return new MongoClient(config.mongoUri, { ...clientOptions(config), retryWrites });
  } catch (error) {
    throw new ConfigError(`MONGO_URI: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}

function clientOptions(config: MongoConfig): MongoClientOptions {
  return {
    appName: 'truematch',
    // Without wtimeoutMS a majority that is away would hold a write until the socket times out.
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: DEADLINES.flush },
    retryReads: true,
    readPreference: 'primary',
    readConcern: { level: 'local' },
    serverSelectionTimeoutMS: config.mongoServerSelectionTimeoutMs,
    connectTimeoutMS: config.mongoConnectTimeoutMs,
    socketTimeoutMS: config.mongoSocketTimeoutMs,
    waitQueueTimeoutMS: config.mongoServerSelectionTimeoutMs,
    maxPoolSize: MAX_POOL_SIZE,
    ignoreUndefined: true,
  };
}

interface Shared {
  client: MongoClient;
  connected: Promise<unknown>;
  holders: number;
}

const shared = new Map<string, Shared>();

async function release(key: string, entry: Shared): Promise<void> {
  entry.holders -= 1;
  if (entry.holders > 0) return;
  if (shared.get(key) === entry) shared.delete(key);
  await entry.client.close();
}

/**
 * Connects to `config.mongoUri`. All holders of a kind in a process share one client; the last `close()` closes it.
 * Throws the driver's error when no primary answers within the selection time-out, and ConfigError for a database that
 * is not in our form.
 */
export async function openMongo(config: MongoConfig, { retryWrites = true }: Retrying = {}): Promise<Mongo> {
  const key = `${config.mongoUri} ${retryWrites}`;
  let entry = shared.get(key);
  if (!entry) {
    const client = createClient(config, { retryWrites });
    entry = { client, connected: client.connect(), holders: 0 };
    shared.set(key, entry);
  }
  const mine = entry;
  mine.holders += 1;
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= release(key, mine));
  try {
    await mine.connected;
  } catch (error) {
    // A client that failed to connect is of no use to whoever comes next.
    if (shared.get(key) === mine) shared.delete(key);
    await close();
    throw error;
  }
  const db = mine.client.db(config.mongoDbName);
  try {
    await checkOurs(db);
  } catch (error) {
    await close();
    throw error;
  }
  return { client: mine.client, db, close };
}
