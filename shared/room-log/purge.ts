import type { Collections } from '#shared/room-log/collections.ts';
import { DURABLE } from '#shared/room-log/append.ts';
import type { Head, Millis } from '#shared/room-log/types.ts';

/** Documents that one delete removes. */
const CHUNK = 1_000;
/** A writer frozen before the deletion may still put a document back: look again after an hour, in ms. */
const AGAIN_MS = 3_600_000;
const ROOMS_A_TURN = 100;

/** L13: removes the documents of deleted rooms, in chunks that name room, seq <= floorSeq and ids, until `until` says stop. */
export async function purgeRooms(collections: Collections, now: Millis, stop: () => boolean): Promise<void> {
  const due = await collections.heads
    .find({ purgeAt: { $lte: now } })
    .sort({ purgeAt: 1 })
    .limit(ROOMS_A_TURN)
    .toArray();
  for (const head of due) {
    const removed = await purgeRoom(collections, head, stop);
    if (stop()) return;
    const filter = { _id: head._id, purgeAt: head.purgeAt! };
    const update = removed > 0 ? { $set: { purgeAt: now + AGAIN_MS } } : { $unset: { purgeAt: '' as const } };
    await collections.heads.updateOne(filter, update, { writeConcern: DURABLE });
  }
}

async function purgeRoom(
  collections: Collections,
  { _id: room, floorSeq }: Head,
  stop: () => boolean,
): Promise<number> {
  const messages = collections.messages(room);
  const gone = { room, seq: { $lte: floorSeq } };
  let removed = 0;
  while (!stop()) {
    const ids = await messages
      .find(gone, { projection: { _id: 1 } })
      .sort({ seq: 1 })
      .limit(CHUNK)
      .map(({ _id }) => _id)
      .toArray();
    if (ids.length === 0) break;
    removed += (await messages.deleteMany({ ...gone, _id: { $in: ids } }, { writeConcern: DURABLE })).deletedCount;
  }
  await collections.colours.deleteMany({ room, floorSeq: { $lt: floorSeq } });
  return removed;
}
