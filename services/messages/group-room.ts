import type { Context } from 'moleculer';
import { canonicalRoom, isDm, looksLikeDatabaseId } from '#shared/room-id.ts';
import { call } from '#services/contracts.ts';

/** The room of a group named by its slug or databaseId; null for a DM id. Throws 422 for what no room can be called. */
export async function groupRoomOf(ctx: Context, id: string): Promise<string | null> {
  if (/^\s*dm:/i.test(id)) return null;
  const room = canonicalRoom(id);
  if (isDm(room)) return null;
  if (!looksLikeDatabaseId(room)) return room;
  return (await call(ctx, 'groups.resolve', { databaseId: room.toLowerCase() })) ?? room;
}
