import { MongoClient, type Db } from 'mongodb';
import { startProgram } from '#test/support/program.ts';
import { testDatabase } from '#test/support/database.ts';

/**
 * The gateway that the suite asks. TEST_API_URL (`http://host:port`, without `/api`) names one that runs already, and
 * TEST_API_MONGO_URI its database; without them the program is started on a fresh database.
 */
const RUNNING = process.env.TEST_API_URL;
const RUNNING_MONGO = process.env.TEST_API_MONGO_URI;

/** Whether the suite can put documents of an older service into the gateway's database. */
export const KNOWS_DATABASE = !RUNNING || !!RUNNING_MONGO;

export interface TestGateway {
  url: string;
  /** Null when a running gateway's database is not known. */
  db: Db | null;
  /** Stops what was started; rejects unless it ended as it should. */
  stop(): Promise<void>;
}

export const openGateway = (): Promise<TestGateway> => (RUNNING ? runningGateway(RUNNING) : startedGateway());

async function runningGateway(url: string): Promise<TestGateway> {
  if (!RUNNING_MONGO) return { url, db: null, stop: async () => undefined };
  const { db: name } = (await (await fetch(`${url}/api/health/db`)).json()) as { db: string };
  const client = await MongoClient.connect(RUNNING_MONGO);
  return { url, db: client.db(name), stop: () => client.close() };
}

async function startedGateway(): Promise<TestGateway> {
  const database = await testDatabase();
  const env = {
    MONGO_URI: database.uri,
    MONGO_DB_NAME: database.name,
    LOG_FORMAT: 'json',
    // Nobody listens there: everybody is offline.
    API_URL: 'http://127.0.0.1:9/api',
  };
  const program = await startProgram({ env });
  return {
    url: program.url,
    db: database.db,
    async stop() {
      program.kill('SIGTERM');
      const exit = await program.exited;
      await database.drop();
      const { stdout, stderr } = program.output();
      if (exit.code !== 0) throw new Error(`the program ended with ${exit.code ?? exit.signal}:\n${stdout}\n${stderr}`);
    },
  };
}
