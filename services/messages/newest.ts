import { LRUCache } from 'lru-cache';
import { MIB } from '#shared/limits.ts';
import { newestPreviewable } from '#shared/room-log/previews.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import { jsonBytes } from '#shared/room-log/sizes.ts';
import type { Head, Message } from '#shared/room-log/types.ts';
import type { Previewed } from '#services/messages/preview.ts';

/** Rooms and bytes of remembered previews: a group list of 200 rooms is some 100 kB. */
const MAX_ROOMS = 10_000;
const MAX_BYTES = 16 * MIB;

interface Known {
  epoch: string;
  rev: number;
  newest: Previewed | null;
}

/**
 * The newest previewable message of rooms. What is remembered of a room counts as long as its head says the same epoch
 * and rev: a list of rooms in which nothing happened costs one query for their heads.
 */
export class NewestMessages {
  readonly #known = new LRUCache<string, Known>({
    max: MAX_ROOMS,
    maxSize: MAX_BYTES,
    sizeCalculation: ({ newest }, room) => 100 + room.length + (newest ? jsonBytes(newest) : 0),
  });

  /** In the order asked; null for a room that has nothing to show. */
  async of(rooms: Rooms, asked: readonly string[]): Promise<(Previewed | null)[]> {
    const answers = new Map<string, Previewed | null>();
    const stale = new Map<string, Head>();
    for (const head of await rooms.heads(asked)) {
      if (!head) continue;
      const known = this.#known.get(head._id);
      if (known && known.rev === head.rev && known.epoch === rooms.epochOf(head)) answers.set(head._id, known.newest);
      else stale.set(head._id, head);
    }
    const found = await newestPreviewable(rooms.collections, [...stale.values()]);
    for (const [room, head] of stale) {
      const message = found.get(room);
      const newest = message ? shownOf(message) : null;
      this.#known.set(room, { epoch: rooms.epochOf(head), rev: head.rev, newest });
      answers.set(room, newest);
    }
    return asked.map((room) => answers.get(room) ?? null);
  }
}

/** Without reactions, edits and avatar, which no list shows. */
const shownOf = ({ username, text, kind, createdAt, timestamp, media, audio }: Message): Previewed => ({
  username,
  text,
  kind,
  createdAt,
  timestamp,
  media,
  audio,
});
