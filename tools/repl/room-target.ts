import type { ServiceBroker } from 'moleculer';
import { canonicalRoom, isDm, looksLikeDatabaseId } from '#shared/room-id.ts';
import { ask } from '#tools/repl/ask.ts';

/** Where a room is served, as the gateway finds it: DMs by `dm`, all else by `messages`. */
export interface RoomTarget {
  service: 'messages' | 'dm';
  room: string;
}

/** The room that an id means, however it is written: a slug, the databaseId of an old group, `dm:Bob|Alice`. */
export async function targetOf(broker: ServiceBroker, id: string): Promise<RoomTarget> {
  const room = canonicalRoom(id);
  if (isDm(room)) return { service: 'dm', room };
  if (!looksLikeDatabaseId(room)) return { service: 'messages', room };
  const slug = await ask(broker, 'groups.resolve', { databaseId: room.toLowerCase() });
  return { service: 'messages', room: slug ?? room };
}
