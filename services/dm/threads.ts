import { LRUCache } from 'lru-cache';
import { Fault } from '#shared/errors.ts';
import { MIB } from '#shared/limits.ts';
import type { Params, Result } from '#shared/contract.ts';
import { quotesAcross } from '#shared/room-log/lookups.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import { jsonBytes } from '#shared/room-log/sizes.ts';
import { type ThreadPlace, threadsOf } from '#shared/room-log/threads.ts';
import type { Head } from '#shared/room-log/types.ts';
import { viewOf } from '#shared/room-log/view.ts';
import type { dmContract } from '#services/dm/dm.contract.ts';

type Threads = Result<typeof dmContract.threads>;

/** Threads of one answer. */
const PAGE = 500;

type Thread = Threads['threads'][number];

/** What is remembered of threads, in number and bytes. */
const MAX_THREADS = 20_000;
const MAX_BYTES = 32 * MIB;

/**
 * DM threads as they are listed. What is remembered of a room counts as long as its head says the same epoch and rev:
 * a list in which nothing happened costs one query for the heads.
 */
export class ThreadLists {
  readonly #known = new LRUCache<string, { epoch: string; rev: number; thread: Thread }>({
    max: MAX_THREADS,
    maxSize: MAX_BYTES,
    sizeCalculation: ({ thread }) => jsonBytes(thread),
  });

  /** A user's DM threads with their newest message, newest first. Throws cursor_invalid. */
  async list(rooms: Rooms, { user, before }: Params<typeof dmContract.threads>, pageSize = PAGE): Promise<Threads> {
    const name = user.trim().toLowerCase();
    const place = before === undefined ? null : decodePlace(before);
    if (!name) return { threads: [] };
    // Asked once a thread, so that what is evicted meanwhile is not missed.
    const remembered = new Map<string, Thread>();
    const has = (head: Head) => {
      const known = this.#known.get(head._id);
      if (known?.rev !== head.rev || known.epoch !== rooms.epochOf(head)) return false;
      remembered.set(head._id, known.thread);
      return true;
    };
    const { threads, next } = await threadsOf(rooms.collections, name, place, pageSize, has);
    const heads = new Map(threads.map(({ head }) => [head._id, head]));
    const lasts = threads.flatMap(({ last }) => last ?? []);
    const quoted = await quotesAcross(rooms.collections.dm, heads, lasts);
    const shown = threads.map(({ head, listedAt, last }): Thread => {
      const known = remembered.get(head._id);
      if (known) return known;
      if (!last) return { dmId: head._id, latest: listedAt };
      const { roomId: _room, groupId: _group, dmId: _dm, ...view } = viewOf(last, quoted(last));
      const thread = { dmId: head._id, latest: listedAt, last: view };
      this.#known.set(head._id, { epoch: rooms.epochOf(head), rev: head.rev, thread });
      return thread;
    });
    return { threads: shown, ...(next && { next: encodePlace(next) }) };
  }
}

const encodePlace = ({ listedAt, room }: ThreadPlace): string =>
  `${listedAt}.${Buffer.from(room).toString('base64url')}`;

function decodePlace(text: string): ThreadPlace {
  const parts = /^(\d{1,15})\.([\w-]+)$/.exec(text);
  if (!parts) throw new Fault('cursor_invalid', 'before is not a cursor of this service');
  return { listedAt: Number(parts[1]), room: Buffer.from(parts[2]!, 'base64url').toString() };
}
