import type { Rooms } from '#shared/room-log/rooms.ts';
import type { ReadModel } from '#shared/read-model/read-model.ts';

/**
 * Makes the stored window of a room anew from the documents and the log, whatever is there. Readers meanwhile find none
 * and query. `rooms` must not read the read model itself, nor hold the room from before. Answers whether there is such
 * a room.
 */
export async function rebuildRoom(rooms: Rooms, model: ReadModel, room: string): Promise<boolean> {
  await model.remove(room);
  const read = await rooms.window(room);
  if (read) await model.save(read.window);
  return read !== null;
}
