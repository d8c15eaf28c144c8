import { MongoClient, type Db } from 'mongodb';
import type { OfferedGateway } from '#test/http/support/offer.ts';

/**
 * The gateway that the suite asks: one for all files. TEST_API_URL (`http://host:port`, without `/api`) names one that
 * runs already, and TEST_API_MONGO_URI its database; without them the run starts the program.
 */
const { TEST_API_URL: RUNNING, TEST_API_MONGO_URI: RUNNING_MONGO, TEST_GATEWAY_OFFER: OFFER } = process.env;

/** Whether the suite can put documents of an older service into the gateway's database. */
export const KNOWS_DATABASE = !RUNNING || !!RUNNING_MONGO;

export interface TestGateway {
  url: string;
  /** Null when a running gateway's database is not known. */
  db: Db | null;
  /** Lets go of what this file holds. */
  stop(): Promise<void>;
}

export const openGateway = (): Promise<TestGateway> => (RUNNING ? runningGateway(RUNNING) : sharedGateway());

async function runningGateway(url: string): Promise<TestGateway> {
  if (!RUNNING_MONGO) return { url, db: null, stop: async () => undefined };
  const { db: name } = (await (await fetch(`${url}/api/health/db`)).json()) as { db: string };
  return withDatabase(url, RUNNING_MONGO, name);
}

async function sharedGateway(): Promise<TestGateway> {
  if (!OFFER) throw new Error('TEST_GATEWAY_OFFER is not set: the run has no global setup');
  const answer = await fetch(OFFER);
  if (!answer.ok) throw new Error(await answer.text());
  const { url, mongoUri, databaseName } = (await answer.json()) as OfferedGateway;
  return withDatabase(url, mongoUri, databaseName);
}

async function withDatabase(url: string, mongoUri: string, name: string): Promise<TestGateway> {
  const client = await MongoClient.connect(mongoUri);
  return { url, db: client.db(name), stop: () => client.close() };
}
