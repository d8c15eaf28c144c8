import { randomUUID } from 'node:crypto';
import type { Db, MongoClient } from 'mongodb';
import { loadConfig, type Config } from '#shared/config.ts';
import { openMongo, type Retrying } from '#shared/mongo.ts';

export interface TestDatabase {
  /** The address of the replica set that the run started. */
  uri: string;
  name: string;
  client: MongoClient;
  db: Db;
  /** A configuration for this database, for `useConfig` or `openMongo`; `env` sets more of it. */
  config(env?: Record<string, string>): Config;
  /** Drops the database and closes the connection. */
  drop(): Promise<void>;
}

/** The address of the replica set that the run started. */
export function testMongoUri(): string {
  const uri = process.env.TEST_MONGO_URI;
  if (!uri) throw new Error('TEST_MONGO_URI is not set: the run has no global setup');
  return uri;
}

/** A fresh, empty database on the run's replica set; `uri` names another server. `retrying`: as for `openMongo`. */
export async function testDatabase(uri = testMongoUri(), retrying: Retrying = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const config = (env: Record<string, string> = {}) => loadConfig({ MONGO_URI: uri, MONGO_DB_NAME: name, ...env });
  const { client, db, close } = await openMongo(config(), retrying);
  return {
    uri,
    name,
    client,
    db,
    config,
    async drop() {
      try {
        await db.dropDatabase();
      } finally {
        await close();
      }
    },
  };
}
