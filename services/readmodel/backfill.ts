import type { Rooms } from '#shared/room-log/rooms.ts';
import { monotonic } from '#shared/deadline.ts';
import type { ReadModel } from '#shared/read-model/read-model.ts';
import { rebuildRoom } from '#shared/read-model/rebuild.ts';

/** Left for the answer to travel, in ms. */
const SPARE_MS = 500;

/** Ids of group rooms, by id: DMs stand together among them and are stepped over. */
async function* groupRooms({ collections }: Rooms, limit: number): AsyncGenerator<string> {
  let left = limit;
  for (const range of [{ $lt: 'dm:' }, { $gte: 'dm;' }]) {
    if (left === 0) return;
    const heads = collections.heads.find({ _id: range }, { projection: { _id: 1 } });
    for await (const { _id } of heads.sort({ _id: 1 }).limit(left)) {
      left -= 1;
      yield _id;
    }
  }
}

/** Makes the windows of the first `limit` groups anew, as many as there is time for; answers how many. `deadline`: monotonic ms. */
export async function backfill(rooms: Rooms, model: ReadModel, limit: number, deadline: number): Promise<number> {
  let done = 0;
  for await (const room of groupRooms(rooms, limit)) {
    if (monotonic() > deadline - SPARE_MS) break;
    if (await rebuildRoom(rooms, model, room)) done += 1;
  }
  return done;
}
