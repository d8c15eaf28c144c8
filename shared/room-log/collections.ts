import type { Collection, Db, IndexDescription } from 'mongodb';
import { isDm } from '#shared/room-id.ts';
import type { Entry, Head, Message, Millis } from '#shared/room-log/types.ts';

/** The collections that the room log owns, and their indexes. No other module touches them. */
export interface ColourDocument {
  room: string;
  usernameLc: string;
  colour: string;
  rev: number;
  /** The room's floor when the colour was set: a colour of before the room's deletion is void (L13). */
  floorSeq: number;
}

/** Small documents by name: the database generation (L8), leases, the sweeper's place. */
export interface MetaDocument {
  _id: string;
  value?: string;
  at?: Millis;
  holder?: string;
  until?: Millis;
}

export interface Collections {
  log: Collection<Entry>;
  heads: Collection<Head>;
  colours: Collection<ColourDocument>;
  meta: Collection<MetaDocument>;
  group: Collection<Message>;
  dm: Collection<Message>;
  /** The message collection of a room. */
  messages(room: string): Collection<Message>;
}

export function collectionsOf(db: Db): Collections {
  const group = db.collection<Message>('group_messages');
  const dm = db.collection<Message>('dm_messages');
  return {
    log: db.collection<Entry>('room_log'),
    heads: db.collection<Head>('rooms'),
    colours: db.collection<ColourDocument>('room_colours'),
    meta: db.collection<MetaDocument>('meta'),
    group,
    dm,
    messages: (room) => (isDm(room) ? dm : group),
  };
}

/** Documents of older databases lack `room`: partial indexes leave them alone. */
const OURS = { room: { $exists: true } };

const MESSAGE_INDEXES: IndexDescription[] = [
  { key: { room: 1, messageId: 1 }, unique: true, partialFilterExpression: OURS },
  { key: { room: 1, seq: 1 }, unique: true, partialFilterExpression: OURS },
  { key: { room: 1, author: 1, key: 1 }, unique: true, partialFilterExpression: { key: { $exists: true } } },
  { key: { room: 1, rev: 1, seq: 1 }, partialFilterExpression: OURS },
  { key: { room: 1, createdAt: 1, seq: 1 }, partialFilterExpression: OURS },
  { key: { room: 1, timestamp: 1, seq: 1 }, partialFilterExpression: OURS },
];

/** Audio messages that are not deleted: a user's, newest first, everywhere or in one room. */
const RECORDINGS = { kind: 'audio', deleted: false, room: { $exists: true } };

/** Creates what is missing; safe to run at every start of every process. */
export async function ensureIndexes({ log, heads, colours, group, dm }: Collections): Promise<void> {
  await Promise.all([
    log.createIndexes([{ key: { room: 1, from: 1 }, unique: true }, { key: { at: 1, room: 1, to: 1 } }]),
    colours.createIndexes([{ key: { room: 1, usernameLc: 1 }, unique: true }]),
    heads.createIndexes([
      { key: { participants: 1, listedAt: -1, _id: -1 } },
      { key: { purgeAt: 1 }, partialFilterExpression: { purgeAt: { $exists: true } } },
    ]),
    group.createIndexes([
      ...MESSAGE_INDEXES,
      { key: { room: 1, previewable: 1, seq: 1 }, partialFilterExpression: { previewable: true } },
      { key: { usernameLc: 1, createdAt: -1 }, partialFilterExpression: RECORDINGS },
      { key: { usernameLc: 1, room: 1, seq: -1 }, partialFilterExpression: RECORDINGS },
    ]),
    dm.createIndexes([
      ...MESSAGE_INDEXES,
      { key: { room: 1, previewable: 1, seq: 1 }, partialFilterExpression: { previewable: true } },
    ]),
  ]);
}
