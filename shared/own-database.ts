import type { Db } from 'mongodb';
import { ConfigError } from '#shared/config.ts';
import type { MetaDocument } from '#shared/room-log/collections.ts';

/** What `npm run adopt` says about itself in `meta`, and what every program looks at before it uses a database. */
export const ADOPTION = 'adoption';
const FORMAT = 'format';
/** To be raised when documents have to be changed before newer programs can use them. */
const CURRENT = '1';

/** The collections of the older service that have something to adopt. */
export const OLD_COLLECTIONS = [
  'group_messages',
  'dm_messages',
  'groups',
  'group_members',
  'profiles',
  'likes',
  'message_filters',
  'message_filter_removals',
  'bios',
  'socialLinks',
  'push_subscriptions',
] as const;
export type OldCollection = (typeof OLD_COLLECTIONS)[number];

export const metaOf = (db: Db) => db.collection<MetaDocument>('meta');

/** True when a collection of the older service has a document. */
export async function hasOldCollections(db: Db): Promise<boolean> {
  const found = await Promise.all(
    OLD_COLLECTIONS.map((name) => db.collection(name).findOne({}, { projection: { _id: 1 } })),
  );
  return found.some((one) => one !== null);
}

/** Says that a database is in our form. */
export async function markAsOurs(db: Db): Promise<void> {
  await metaOf(db).updateOne({ _id: FORMAT }, { $setOnInsert: { value: CURRENT, at: Date.now() } }, { upsert: true });
}

/**
 * Makes sure that a database is in our form: one small query; an empty one is marked as ours. Throws ConfigError, one
 * line that names the command, for a database of the older service and for one whose adoption is not finished.
 */
export async function checkOurs(db: Db): Promise<void> {
  const names = [FORMAT, ADOPTION, 'generation'];
  const found = await metaOf(db)
    .find({ _id: { $in: names } })
    .toArray();
  const marks = new Map(found.map((one) => [one._id, one]));
  if (marks.get(ADOPTION)?.value === 'running')
    throw new ConfigError(
      `MONGO_DB_NAME=${db.databaseName}: is being adopted; run \`npm run adopt\` again until it says that it is finished`,
    );
  if (marks.has(FORMAT)) return;
  // Every database that rooms were opened on has a generation; before this mark there was none.
  if (!marks.has('generation') && (await hasOldCollections(db)))
    throw new ConfigError(
      `MONGO_DB_NAME=${db.databaseName}: is a database of the older service; adopt it first: npm run adopt -- --from MONGO_URI`,
    );
  await markAsOurs(db);
}
