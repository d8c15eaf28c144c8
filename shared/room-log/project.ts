import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyBulkWriteOperation, BulkWriteResult, Collection, WriteError } from 'mongodb';
import { DEADLINES } from '#shared/deadline.ts';
import { isDm } from '#shared/room-id.ts';
import { DURABLE } from '#shared/room-log/append.ts';
import type { Collections, ColourDocument } from '#shared/room-log/collections.ts';
import { documentErrors, DUPLICATE_KEY, isUnsettled } from '#shared/room-log/outcome.ts';
import type { Change, Entry, Head, Message } from '#shared/room-log/types.ts';

/** `failed`: what holds an entry back. `moved`: every head was moved by this very call; false asks for a look at them. */
export interface Projection {
  failed: Map<Entry, Error>;
  moved: boolean;
}

/**
 * L4: carries stored entries, of each room at most one, into the collections: messages, then colours, then heads, each
 * step on a majority before the next. Safe to repeat. Errors without an outcome are tried again until they pass; an
 * entry that cannot be projected is answered with its error and holds back only its own room.
 */
export async function project(collections: Collections, entries: readonly Entry[]): Promise<Projection> {
  const failed = new Map<Entry, Error>();
  await Promise.all([
    projectMessages(
      collections,
      collections.group,
      entries.filter(({ room }) => !isDm(room)),
      failed,
    ),
    projectMessages(
      collections,
      collections.dm,
      entries.filter(({ room }) => isDm(room)),
      failed,
    ),
  ]);
  const sound = failed.size === 0 ? entries : entries.filter((entry) => !failed.has(entry));
  await projectColours(collections, sound);
  return { failed, moved: await moveHeads(collections, sound) };
}

/** The server makes the `_id`s: the driver would write its own into states that windows and the log share. */
const OPTIONS = { writeConcern: DURABLE, timeoutMS: DEADLINES.flush, forceServerObjectId: true } as const;

type Op = AnyBulkWriteOperation<Message>;
type Work = { entry: Entry; change: Change; op: Op };

async function projectMessages(
  collections: Collections,
  collection: Collection<Message>,
  entries: readonly Entry[],
  failed: Map<Entry, Error>,
): Promise<void> {
  const states = entries.flatMap((entry) =>
    entry.changes
      // At or below the entry's own floor a state is gone already, and another message may have its keys.
      .filter(({ message }) => message && message.seq > entry.head.floorSeq)
      .map((change): Work => ({ entry, change, op: stateOp(entry, change.message!) })),
  );
  await write(collections, collection, states, failed);
  // After the states: what an edit of the same entry wrote is older than the colour, or has it already (L1).
  const colours = entries.flatMap((entry) =>
    entry.changes
      .filter(({ kind }) => kind === 'recoloured')
      .map((change): Work => ({ entry, change, op: colourOp(entry, change) })),
  );
  await write(collections, collection, colours, failed);
}

function stateOp(entry: Entry, message: Message): Op {
  const created = entry.changes.reduce((count, { kind }) => count + (kind === 'created' ? 1 : 0), 0);
  if (message.seq > entry.head.seq - created) return { insertOne: { document: message } };
  return {
    replaceOne: {
      filter: { room: message.room, messageId: message.messageId, rev: { $not: { $gte: message.rev } } },
      replacement: message,
      upsert: true,
    },
  };
}

function colourOp({ room }: Entry, { rev, op }: Change): Op {
  const { usernameLc, colour, fromSeq, toSeq } = op as Extract<Change['op'], { colour: string }>;
  return {
    updateMany: {
      filter: { room, seq: { $gte: fromSeq, $lte: toSeq }, usernameLc, rev: { $lt: rev } },
      update: { $set: { bubbleColor: colour, rev } },
    },
  };
}

/** Runs the operations until each is done or is known to be impossible. */
async function write(
  collections: Collections,
  collection: Collection<Message>,
  work: readonly Work[],
  failed: Map<Entry, Error>,
): Promise<void> {
  if (work.length === 0) return;
  const { errors } = await untilSettled(() =>
    collection.bulkWrite(
      work.map(({ op }) => op),
      { ...OPTIONS, ordered: false },
    ),
  );
  for (const error of errors) {
    const { entry, change } = work[error.index]!;
    const problem =
      error.code === DUPLICATE_KEY
        ? await untilAnswered(() => settleDuplicate(collections, entry, change.message!))
        : documentError(error);
    if (problem) failed.set(entry, problem);
  }
}

/** Runs what is safe to repeat until the database answers. */
async function untilAnswered<T>(run: () => Promise<T>): Promise<T> {
  for (let pause = 50; ; pause = Math.min(pause * 2, 1_000)) {
    try {
      return await run();
    } catch (error) {
      if (!isUnsettled(error)) throw error;
      await sleep(pause);
    }
  }
}

/** Runs a bulk write again until its outcome is known; answers the errors that name single documents. */
function untilSettled(run: () => Promise<BulkWriteResult>): Promise<{ errors: WriteError[]; matched: number }> {
  return untilAnswered(async () => {
    try {
      return { errors: [], matched: (await run()).matchedCount };
    } catch (error) {
      const errors = documentErrors(error);
      if (errors) return { errors, matched: 0 };
      throw error;
    }
  });
}

const documentError = (error: WriteError) =>
  new Error(`a message could not be projected: ${error.errmsg}`, { cause: error });

/** L4: a duplicate key proves nothing; who holds the key decides. Answers what stands in the way, if anything does. */
async function settleDuplicate(
  collections: Collections,
  { room, head }: Entry,
  message: Message,
): Promise<Error | undefined> {
  const collection = collections.messages(room);
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const holders = await collection
      .find({
        // The room in every clause: beside them, it would be read from its first message to its last.
        $or: [
          { room, messageId: message.messageId },
          { room, seq: message.seq },
          ...(message.key ? [{ room, author: message.author, key: message.key }] : []),
        ],
      })
      .toArray();
    // The same messageId at another seq is another message: one of before the room was deleted, not purged yet.
    const own = holders.find(({ messageId, seq }) => messageId === message.messageId && seq === message.seq);
    if (own && own.rev >= message.rev) return undefined;
    const other = holders.find((holder) => holder !== own);
    if (other && other.seq > head.floorSeq) {
      // A frozen writer wakes after its room was deleted: its message is gone, and another may have the keys by now.
      if (await isGone(collections, message)) return undefined;
      return new Error(
        `message ${message.messageId} of ${room} cannot take seq ${message.seq}: ${other.messageId} holds its keys`,
      );
    }
    if (other)
      await collection.deleteOne({ room, seq: other.seq, messageId: other.messageId }, { writeConcern: DURABLE });
    const filter = { room, messageId: message.messageId, rev: { $not: { $gte: message.rev } } };
    const { errors } = await untilSettled(() =>
      collection.bulkWrite([{ replaceOne: { filter, replacement: message, upsert: !own } }], OPTIONS),
    );
    if (errors.length === 0) return undefined;
  }
  return new Error(`message ${message.messageId} of ${room} could not be projected: its keys change hands`);
}

/** True when the room was deleted after the message. A head that is being rebuilt does not know it yet, the log does. */
async function isGone({ heads, log }: Collections, { room, seq }: Message): Promise<boolean> {
  const majority = { readConcern: 'majority' } as const;
  const head = await heads.findOne({ _id: room }, majority);
  if (head && head.floorSeq >= seq) return true;
  const [newest] = await log.find({ room }, majority).sort({ from: -1 }).limit(1).toArray();
  return newest !== undefined && newest.head.floorSeq >= seq;
}

/** L14: the colour document is a projection too, guarded by rev. What was set before the room's deletion is void. */
async function projectColours({ colours }: Collections, entries: readonly Entry[]): Promise<void> {
  const ops = entries.flatMap(({ room, head, changes }) =>
    changes
      .slice(changes.findLastIndex(({ kind }) => kind === 'room-deleted') + 1)
      .filter(({ kind }) => kind === 'recoloured')
      .map(({ rev, op }): AnyBulkWriteOperation<ColourDocument> => {
        const { usernameLc, colour } = op as Extract<Change['op'], { colour: string }>;
        const document = { room, usernameLc, colour, rev, floorSeq: head.floorSeq };
        return {
          replaceOne: {
            filter: { room, usernameLc, rev: { $not: { $gte: rev } } },
            replacement: document,
            upsert: true,
          },
        };
      }),
  );
  // A duplicate key is a newer colour that is already there; unordered, so that it keeps nothing else back.
  if (ops.length > 0) await untilSettled(() => colours.bulkWrite(ops, { ...OPTIONS, ordered: false }));
}

/** Moves the heads that stand inside their entry's reach; true when all did. */
async function moveHeads({ heads }: Collections, entries: readonly Entry[]): Promise<boolean> {
  if (entries.length === 0) return true;
  const ops = entries.map((entry): AnyBulkWriteOperation<Head> => ({ updateOne: headOp(entry) }));
  const { matched } = await untilSettled(() => heads.bulkWrite(ops, { ...OPTIONS, ordered: false }));
  return matched === ops.length;
}

/** `purgeAt` is the sweeper's to end: only the entry that deletes the room sets it. */
function headOp({ room, from, to, changes, head }: Entry) {
  const { _id, purgeAt, listedAt, ...fields } = head;
  const deletes = changes.some(({ kind }) => kind === 'room-deleted');
  return {
    filter: { _id: room, rev: { $gte: from - 1, $lt: to } },
    update: {
      $set: {
        ...fields,
        ...(listedAt === undefined ? {} : { listedAt }),
        ...(deletes && purgeAt !== undefined ? { purgeAt } : {}),
      },
      ...(listedAt === undefined && isDm(room) ? { $unset: { listedAt: '' as const } } : {}),
    },
  };
}
