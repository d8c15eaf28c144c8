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
    await purgeRoom(collections, head, now, stop);
    if (stop()) return;
  }
}

/** The next look is made out before the first document goes: a crash in between can delay it, never drop it. */
async function purgeRoom(
  collections: Collections,
  { _id: room, floorSeq, purgeAt }: Head,
  now: Millis,
  stop: () => boolean,
): Promise<void> {
  const messages = collections.messages(room);
  const gone = { room, seq: { $lte: floorSeq } };
  const nextChunk = () =>
    messages
      .find(gone, { projection: { _id: 1 } })
      .sort({ seq: 1 })
      .limit(CHUNK)
      .map(({ _id }) => _id)
      .toArray();
  const appoint = (from: Millis, to: Millis | null) =>
    collections.heads.updateOne(
      { _id: room, purgeAt: from },
      to === null ? { $unset: { purgeAt: '' as const } } : { $set: { purgeAt: to } },
      { writeConcern: DURABLE },
    );

  let ids = await nextChunk();
  const again = now + AGAIN_MS;
  await appoint(purgeAt!, ids.length > 0 ? again : null);
  for (; ids.length > 0 && !stop(); ids = await nextChunk())
    await messages.deleteMany({ ...gone, _id: { $in: ids } }, { writeConcern: DURABLE });
  if (ids.length > 0) await appoint(again, now);
  await collections.colours.deleteMany({ room, floorSeq: { $lt: floorSeq } });
}
