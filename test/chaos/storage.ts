import { MongoClient } from 'mongodb';
import { collectionsOf } from '#shared/room-log/collections.ts';
import type { Message } from '#shared/room-log/types.ts';
import { problemsOfLog, problemsOfProjection } from '#test/chaos/audit.ts';
import { replay } from '#test/chaos/replay.ts';
import { DataFolder } from '#tools/mongod/data-folder.ts';

/** What the `mongod` of a program has of some rooms, and what is wrong with it: log, documents and heads. */
export async function storageOf(
  dataDir: string,
  rooms: readonly string[],
): Promise<{ messages: Message[]; problems: string[] }> {
  const { port } = new DataFolder(dataDir).notes!;
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`);
  try {
    const collections = collectionsOf(client.db('truematch'));
    const found: Message[] = [];
    const problems: string[] = [];
    for (const room of rooms) {
      const entries = await collections.log.find({ room }).sort({ from: 1 }).toArray();
      const documents = await collections
        .messages(room)
        .find({ room }, { projection: { _id: 0 } })
        .toArray();
      const head = await collections.heads.findOne({ _id: room });
      found.push(...replay(entries).messages.values());
      problems.push(...problemsOfLog(entries), ...problemsOfProjection(entries, documents, head));
    }
    return { messages: found, problems };
  } finally {
    await client.close();
  }
}
