import type { Collections } from '#shared/room-log/collections.ts';

/** Rooms that have messages or a log but no head, by skipping through the indexes from room to room. */
export async function* headlessRooms({ log, group, dm, heads }: Collections): AsyncGenerator<string> {
  const told = new Set<string>();
  for (const [collection, sort] of [
    [log, { room: 1, from: 1 }],
    [group, { room: 1, seq: 1 }],
    [dm, { room: 1, seq: 1 }],
  ] as const) {
    const next = async (after: string): Promise<string | undefined> => {
      const options = { projection: { _id: 0, room: 1 }, sort } as const;
      // One query for three collections whose types have `room` alike.
      return (await (collection as Collections['log']).findOne({ room: { $gt: after } }, options as object))?.room;
    };
    for (let room = await next(''); room !== undefined; room = await next(room)) {
      if (told.has(room) || (await heads.findOne({ _id: room }, { projection: { _id: 1 } }))) continue;
      told.add(room);
      yield room;
    }
  }
}
