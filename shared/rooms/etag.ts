import { hash } from 'node:crypto';
import { LIMITS } from '#shared/limits.ts';
import { clamp } from '#shared/rooms/clamp.ts';

/** Version of the JSON of messages. To be raised whenever their shape changes, so that no client keeps the old one. */
const FORMAT = 1;

/** How many messages `count` stands for: 1 to 500, outside it is clamped; 0 and absent mean 100. */
export const latestCount = (count?: number): number => clamp(count || undefined, 1, LIMITS.windowMessages, 100);

/**
 * The ETag of a room's newest `count` messages (after `latestCount`). Weak, because the encodings of a body share it;
 * made of where the room stands, so that a 304 costs the head and no body. Epoch '' and rev 0 for a room without a head.
 */
export function latestEtag(room: string, { epoch, rev }: { epoch: string; rev: number }, count: number): string {
  // Room ids and epochs may have any character; a header may not.
  const [id, age] = [room, epoch].map((text) => hash('sha256', text, 'base64url').slice(0, 16));
  return `W/"${FORMAT}-${id}-${age}-${rev}-${count}"`;
}
