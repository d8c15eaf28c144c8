import { LRUCache } from 'lru-cache';
import { invalid } from '#shared/errors.ts';
import { canonicalRoom, isDm, looksLikeDatabaseId } from '#shared/room-id.ts';
import { read, type Caller } from '#services/api-gateway/upstream.ts';

/** Where a room is served: DMs by `dm`, all else by `messages`, whichever path the request came by. */
export interface RoomTarget {
  service: 'messages' | 'dm';
  room: string;
}

/** Groups whose databaseId is remembered; some 100 bytes each. */
const REMEMBERED = 10_000;

/** Finds the one room that an id in a path stands for. */
export class RoomTargets {
  /** Only positive answers, which never change: the alias outlives its group. */
  readonly #slugs = new LRUCache<string, string>({ max: REMEMBERED });

  /** Throws 422 for an id that no room can have. */
  async find(caller: Caller, id: string, deadline: number): Promise<RoomTarget> {
    const room = canonicalRoom(id);
    if (isDm(room)) return { service: 'dm', room };
    return { service: 'messages', room: looksLikeDatabaseId(room) ? await this.#slugOf(caller, room, deadline) : room };
  }

  /** As `find`, for a path that takes DMs alone. */
  async findDm(caller: Caller, id: string, deadline: number): Promise<RoomTarget> {
    const target = await this.find(caller, id, deadline);
    if (target.service !== 'dm') throw invalid('dmId', 'is not a DM id such as dm:alice|bob');
    return target;
  }

  async #slugOf(caller: Caller, id: string, deadline: number): Promise<string> {
    const databaseId = id.toLowerCase();
    const known = this.#slugs.get(databaseId);
    if (known !== undefined) return known;
    const slug = await read(caller, 'groups.resolve', { databaseId }, deadline);
    if (slug === null) return id;
    this.#slugs.set(databaseId, slug);
    return slug;
  }
}
