import { join } from 'node:path';
import type { Db } from 'mongodb';
import { type Config, ConfigError } from '#shared/config.ts';
import { checkServer } from '#shared/mongo-check.ts';
import { createClient } from '#shared/mongo.ts';
import { checkOurs } from '#shared/own-database.ts';
import { runningCluster } from '#tools/cluster/state.ts';
import { isAlive } from '#tools/mongod/process-id.ts';
import { uriOf } from '#tools/mongod/replica-set.ts';
import { NotesFile } from '#tools/servers/notes.ts';

/**
 * The database that a tool looks into: the one that the configuration names, else that of the cluster or program that
 * runs with its data in DATA_DIR. Throws ConfigError, one line, when there is none.
 */
export function mongoUriOf({ mongoUri, dataDir }: Pick<Config, 'mongoUri' | 'dataDir'>): string {
  if (mongoUri) return mongoUri;
  const cluster = runningCluster(dataDir);
  if (cluster) return cluster.mongoUri;
  const mongod = new NotesFile(join(dataDir, 'mongod.json')).read();
  if (mongod && isAlive(mongod)) return uriOf(mongod.port);
  throw new ConfigError(`DATA_DIR=${dataDir}: no program runs there; start one, or set MONGO_URI`);
}

/** Connects to that database for as long as `use` takes. */
export async function withDatabase<T>(config: Config, use: (db: Db) => Promise<T>): Promise<T> {
  const client = createClient({ ...config, mongoUri: mongoUriOf(config) });
  try {
    await checkServer(client);
    const db = client.db(config.mongoDbName);
    await checkOurs(db);
    return await use(db);
  } finally {
    await client.close();
  }
}
