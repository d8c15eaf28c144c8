import type { Db } from 'mongodb';

/** What the server says of one query. */
export interface Profile {
  collection: string;
  plan: string;
  keys: number;
  documents: number;
  returned: number;
}

/** Runs something and tells what each of its queries cost the server. */
export async function profiled(db: Db, run: () => Promise<unknown>): Promise<Profile[]> {
  await db.command({ profile: 0 });
  await db.collection('system.profile').drop();
  await db.command({ profile: 2, slowms: 0 });
  try {
    await run();
  } finally {
    await db.command({ profile: 0 });
  }
  const entries = await db
    .collection('system.profile')
    .find({ op: { $in: ['query', 'getmore', 'command'] }, docsExamined: { $exists: true } })
    .toArray();
  return entries.map((entry) => ({
    collection: String(entry.ns).slice(db.databaseName.length + 1),
    plan: String(entry.planSummary),
    keys: Number(entry.keysExamined),
    documents: Number(entry.docsExamined),
    returned: Number(entry.nreturned),
  }));
}

/** Queries without an index, or that look at more documents than they answer (and one). */
export const wasteful = (profiles: readonly Profile[]): Profile[] =>
  profiles.filter(({ plan, documents, returned }) => /COLLSCAN/.test(plan) || documents > returned + 1);
