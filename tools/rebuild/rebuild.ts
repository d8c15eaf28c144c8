import type { Db } from 'mongodb';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { rebuildRoom } from '#shared/read-model/rebuild.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';
import { type OpenRooms, openRooms } from '#shared/room-log/open.ts';
import type { Head } from '#shared/room-log/types.ts';
import type { Meter } from '#tools/meter.ts';
import { allHeads, inParallel } from '#tools/room-pages.ts';

const AT_ONCE = 4;

export interface RebuildOptions {
  /** Only this one, by its canonical id. */
  room?: string;
  /** Also rooms whose window is up to date. */
  all: boolean;
  meter(total: number): Meter;
}

export interface Rebuilt {
  rebuilt: number;
  /** Rooms whose window was up to date. */
  current: number;
}

/**
 * Makes the stored windows of rooms anew while the cluster serves. Without `all` only those that are missing, void or
 * behind: so a run that was interrupted goes on where it was.
 */
export async function rebuild(db: Db, options: RebuildOptions): Promise<Rebuilt> {
  const model = new ReadModel(db);
  await model.ensureIndexes();
  const collections = collectionsOf(db);
  const logger = { info() {}, warn: (line: string) => process.stderr.write(`${line}\n`), error() {} };
  const rooms = await openRooms({ db, logger, sweep: false });
  try {
    if (options.room !== undefined) return await only(rooms, model, options.room);
    const result = { rebuilt: 0, current: 0 };
    const meter = options.meter(await collections.heads.estimatedDocumentCount());
    await inParallel(allHeads(collections), AT_ONCE, async (head) => {
      const skip = !options.all && (await isCurrent(rooms, model, head));
      if (!skip) await rebuildRoom(rooms, model, head._id);
      result[skip ? 'current' : 'rebuilt'] += 1;
      meter.step();
    });
    meter.end();
    return result;
  } finally {
    await rooms.close();
  }
}

async function only(rooms: OpenRooms, model: ReadModel, room: string): Promise<Rebuilt> {
  return { rebuilt: (await rebuildRoom(rooms, model, room)) ? 1 : 0, current: 0 };
}

async function isCurrent(rooms: OpenRooms, model: ReadModel, head: Head): Promise<boolean> {
  const stored = await model.stored(head._id);
  return stored !== null && stored.epoch === rooms.epochOf(head) && stored.rev >= head.rev;
}
