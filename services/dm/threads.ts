import { Fault } from '#shared/errors.ts';
import type { Params, Result } from '#shared/contract.ts';
import { quotesAcross } from '#shared/room-log/lookups.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import { type ThreadPlace, threadsOf } from '#shared/room-log/threads.ts';
import { viewOf } from '#shared/rooms/view.ts';
import type { dmContract } from '#services/dm/dm.contract.ts';

type Threads = Result<typeof dmContract.threads>;

/** Threads of one answer. */
const PAGE = 500;

/** A user's DM threads with their newest message, newest first. Throws cursor_invalid. */
export async function listThreads(
  rooms: Rooms,
  { user, before }: Params<typeof dmContract.threads>,
  pageSize = PAGE,
): Promise<Threads> {
  const name = user.trim().toLowerCase();
  const place = before === undefined ? null : decodePlace(before);
  if (!name) return { threads: [] };
  const { threads, next } = await threadsOf(rooms.collections, name, place, pageSize);
  const heads = new Map(threads.map(({ head }) => [head._id, head]));
  const lasts = threads.flatMap(({ last }) => last ?? []);
  const quoted = await quotesAcross(rooms.collections.dm, heads, lasts);
  return {
    threads: threads.map(({ head, listedAt, last }) => {
      if (!last) return { dmId: head._id, latest: listedAt };
      const { roomId: _room, groupId: _group, dmId: _dm, ...view } = viewOf(last, quoted(last));
      return { dmId: head._id, latest: listedAt, last: view };
    }),
    ...(next && { next: encodePlace(next) }),
  };
}

const encodePlace = ({ listedAt, room }: ThreadPlace): string =>
  `${listedAt}.${Buffer.from(room).toString('base64url')}`;

function decodePlace(text: string): ThreadPlace {
  const parts = /^(\d{1,15})\.([\w-]+)$/.exec(text);
  if (!parts) throw new Fault('cursor_invalid', 'before is not a cursor of this service');
  return { listedAt: Number(parts[1]), room: Buffer.from(parts[2]!, 'base64url').toString() };
}
