import type { Db } from 'mongodb';
import { type OldMessage, oldMessages, type Said } from '#tools/adopt/drill/old-messages.ts';
import { PEOPLE, ROOMS } from '#tools/adopt/drill/old-people.ts';

/** The indexes of the older service. */
export async function oldIndexes(db: Db): Promise<void> {
  for (const name of ['group_messages', 'dm_messages'])
    await db
      .collection(name)
      .createIndexes(
        ['roomId', 'groupId', 'dmId'].flatMap((field) => [
          { key: { [field]: 1, createdAt: -1 } },
          { key: { [field]: 1, timestamp: 1 } },
        ]),
      );
  await db.collection('groups').createIndexes([{ key: { id: 1 }, unique: true }]);
  await db.collection('group_members').createIndexes([{ key: { groupId: 1, usernameLower: 1 }, unique: true }]);
  await db
    .collection('profiles')
    .createIndexes([
      { key: { usernameLower: 1 }, unique: true },
      { key: { username: 1 }, unique: true },
      { key: { 'location.coordinates': '2dsphere' } },
    ]);
  await db.collection('likes').createIndexes([{ key: { toLc: 1, at: -1 } }, { key: { fromLc: 1, at: -1 } }]);
  await db.collection('read_messages_latest').createIndexes([{ key: { groupId: 1 }, unique: true }]);
}

const CHUNK = 1_000;

/**
 * Fills a database as the older service would have left it, every oddity included. Answers what our API is to say of
 * each room, in order; nothing with `silent`, for databases that no memory holds.
 */
export async function fillOldDatabase(db: Db, count: number, silent = false): Promise<Map<string, Said[]>> {
  const said = new Map<string, Said[]>(ROOMS.map(({ room }) => [room, []]));
  let chunk: OldMessage[] = [];
  const store = async () => {
    for (const [name, of] of Map.groupBy(chunk, ({ collection }) => collection))
      await db.collection(name).insertMany(
        of.map(({ document }) => document),
        { writeConcern: { w: 1 }, ordered: false },
      );
    chunk = [];
  };
  for (const message of oldMessages(count, ROOMS)) {
    chunk.push(message);
    if (message.said && !silent) said.get(message.room!)!.push(message.said);
    if (chunk.length >= CHUNK) await store();
  }
  await store();
  for (const [name, documents] of Object.entries(PEOPLE))
    await db.collection(name).insertMany(documents.map((one) => ({ ...one })));
  await oldIndexes(db);
  for (const of of said.values()) of.sort((a, b) => a.at - b.at || (a._id < b._id ? -1 : 1));
  return said;
}
