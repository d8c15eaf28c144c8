import { Fault } from '#shared/errors.ts';
import type { Request, Resources } from '#services/api-gateway/handlers/handler.ts';
import type { RoomTarget } from '#services/api-gateway/room-target.ts';
import { read } from '#services/api-gateway/upstream.ts';

/**
 * Throws `forbidden` when a user's token is not that of the message's author. Asked before the change is made: the author
 * of a message never changes. A message without a userId is his whose name it has.
 */
export async function checkAuthor(request: Request, target: RoomTarget, { access }: Resources): Promise<void> {
  const { identity, caller, deadline, path } = request;
  if (identity.kind !== 'user') return;
  const params = { room: target.room, messageId: path.messageId! };
  const { userId, username } = await read(caller, `${target.service}.byId`, params, deadline);
  if (userId === identity.userId) return;
  if (!userId && username && (await access.isNamed(identity, [username], caller))) return;
  throw new Fault('forbidden');
}
