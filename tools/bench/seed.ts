import { MongoClient } from 'mongodb';
import type { Contestant } from '#tools/bench/contestants/contestant.ts';
import { HOT_ROOM, ROOMS, seedRequests } from '#tools/bench/data.ts';
import type { LoadGenerator } from '#tools/bench/load/load.ts';

/** Some seconds on a machine that has nothing else to do. */
const SEED_TIME_LIMIT_MS = 240_000;
const CLIENTS = 64;

/** Puts the data in place through our API. Throws when a request failed. */
export async function seedOurs(ours: Contestant, generator: LoadGenerator): Promise<void> {
  for (const requests of seedRequests()) {
    const load = { port: ours.port, requests, expected: 200, clients: CLIENTS, ms: SEED_TIME_LIMIT_MS, once: true };
    const { requests: answered, errors, reason } = await generator.run(load);
    if (errors > 0 || answered < requests.length)
      throw new Error(`seeding: ${answered} of ${requests.length} requests were answered, ${errors} badly (${reason})`);
  }
}

/** Gives the peer the same messages, as our API shows them. */
export async function copyToPeer(ours: Contestant, mongoUri: string, database: string): Promise<void> {
  const client = await new MongoClient(mongoUri).connect();
  try {
    const messages = client.db(database).collection('messages');
    for (const room of [HOT_ROOM, ...ROOMS]) {
      const response = await fetch(`http://127.0.0.1:${ours.port}/api/messages/${room}/latest?count=500`);
      if (!response.ok) throw new Error(`seeding: latest of ${room} answered ${response.status}`);
      const items = (await response.json()) as Record<string, unknown>[];
      await messages.insertMany(items);
    }
  } finally {
    await client.close();
  }
}

/** Copies all documents, but not of collections `except`; a service makes the indexes when it starts. */
export async function copyDatabase(
  mongoUri: string,
  from: string,
  to: string,
  except: readonly string[] = [],
): Promise<void> {
  const client = await new MongoClient(mongoUri).connect();
  try {
    const db = client.db(from);
    const collections = await db.listCollections({ type: 'collection' }, { nameOnly: true }).toArray();
    for (const { name } of collections.filter((one) => !except.includes(one.name)))
      await db
        .collection(name)
        .aggregate([{ $out: { db: to, coll: name } }])
        .toArray();
  } finally {
    await client.close();
  }
}
