import { MongoClient } from 'mongodb';
import { collectionsOf } from '#shared/room-log/collections.ts';
import type { Message } from '#shared/room-log/types.ts';
import { problemsOfLedger, problemsOfLog, problemsOfProjection } from '#test/chaos/audit.ts';
import { problemsOfPosts } from '#test/chaos/posts-audit.ts';
import { replay } from '#test/chaos/replay.ts';
import type { MixedLoad } from '#test/cluster/support/load.ts';

type Ledger = Pick<MixedLoad, 'rooms' | 'posts' | 'lines'>;

/**
 * Holds what a load was told against what the database has: acknowledged once, refused never, nothing twice; log without
 * a gap, documents and heads as the log says. Answers what is wrong, in words.
 */
export async function problemsOfLoad(mongoUri: string, { rooms, posts, lines }: Ledger): Promise<string[]> {
  const client = await MongoClient.connect(mongoUri);
  try {
    const collections = collectionsOf(client.db('truematch'));
    const problems: string[] = [];
    const stored: Message[] = [];
    for (const room of rooms) {
      const entries = await collections.log.find({ room }).sort({ from: 1 }).toArray();
      const documents = await collections
        .messages(room)
        .find({ room }, { projection: { _id: 0 } })
        .toArray();
      const head = await collections.heads.findOne({ _id: room });
      const replayed = replay(entries);
      stored.push(...replayed.messages.values());
      problems.push(
        ...problemsOfLog(entries),
        ...problemsOfProjection(entries, documents, head),
        ...problemsOfLedger(
          lines.filter((line) => line.room === room),
          replayed,
        ),
      );
    }
    // Messages are known by their first text.
    const asPosted = stored.map(({ text, edits, ...rest }) => ({ ...rest, text: edits[0]?.previousText ?? text }));
    return [...problems, ...problemsOfPosts(posts, asPosted)];
  } finally {
    await client.close();
  }
}
