import type { Config } from '#shared/config.ts';
import { checkServer } from '#shared/mongo-check.ts';
import { checkOurs } from '#shared/own-database.ts';
import { createClient } from '#shared/mongo.ts';
import { superviseMongod, type SupervisedMongod, type SupervisorLog } from '#tools/mongod/supervise.ts';

/** The database of the program: one that is there already, or one that it runs. */
export interface Database {
  uri: string;
  /** For people: what runs and where it came from, without a password. */
  origin: string;
  /** Set when this program runs it. */
  mongod?: SupervisedMongod;
}

/** An address that may be shown. */
export function withoutPassword(uri: string): string {
  return uri.replace(/(\w+:\/\/[^:@/]*):[^@]*@/g, '$1:***@');
}

/** Throws ConfigError, one line, when the server is away, too old, or no replica set, and for a database of the older service. */
async function checkUri(config: Config): Promise<string> {
  const client = createClient(config);
  try {
    const version = await checkServer(client);
    await checkOurs(client.db(config.mongoDbName));
    return version;
  } finally {
    await client.close();
  }
}

/** Checks the database that MONGO_URI names, or starts one under DATA_DIR. Throws ConfigError when there is none to be had. */
export async function openDatabase(config: Config, log: SupervisorLog): Promise<Database> {
  if (config.mongoUri) {
    const version = await checkUri(config);
    return { uri: config.mongoUri, origin: `${version}, MONGO_URI ${withoutPassword(config.mongoUri)}` };
  }
  const mongod = await superviseMongod(config, log);
  return { uri: mongod.uri, origin: mongod.origin, mongod };
}
