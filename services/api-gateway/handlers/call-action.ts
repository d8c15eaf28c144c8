import { isDm } from '#shared/room-id.ts';
import { asJson } from '#shared/ready-bytes.ts';
import type { ActionName, ParamsOf } from '#services/contracts.ts';
import { bytes } from '#services/api-gateway/bytes.ts';
import { checkAuthor } from '#services/api-gateway/handlers/author.ts';
import type { Handler, Request, Resources } from '#services/api-gateway/handlers/handler.ts';
import type { RoomTarget } from '#services/api-gateway/room-target.ts';
import { read, write } from '#services/api-gateway/upstream.ts';

/** The result of an action as bytes. The action checks the request's parameters by its contract. */
export async function forward(request: Request, action: ActionName, params: Record<string, unknown>): Promise<unknown> {
  const { caller, deadline, exchange, route } = request;
  const checkedThere = params as ParamsOf<ActionName>;
  if (route.method === 'GET') return read(caller, action, checkedThere, deadline, asJson());
  exchange.writeLeft = true;
  return write(caller, action, checkedThere, deadline, asJson());
}

/** The action's result as JSON. */
export const callAction: Handler = async (request) =>
  bytes(await forward(request, request.route.action!, { ...request.params }));

/** The room that a path names: one that is no DM is refused under `/dm`. */
export function targetOf({ caller, path, deadline }: Request, { rooms }: Resources): Promise<RoomTarget> {
  return path.dmId === undefined ? rooms.find(caller, path.room!, deadline) : rooms.findDm(caller, path.dmId, deadline);
}

/** The same action of whichever service has the room. */
export const callRoomAction: Handler = async (request, resources) => {
  const target = await targetOf(request, resources);
  const { service, room } = target;
  if (request.route.owned === 'message') await checkAuthor(request, target, resources);
  const name = request.route.action!.split('.')[1]!;
  return bytes(await forward(request, `${service}.${name}` as ActionName, { ...request.params, room }));
};

/** Recordings: their group may be named by its databaseId, too. */
export const callWithGroup: Handler = async (request, { rooms }) => {
  const { groupId } = request.params;
  const group =
    typeof groupId === 'string' && groupId.trim() && !isDm(groupId)
      ? { groupId: (await rooms.find(request.caller, groupId, request.deadline)).room }
      : {};
  return bytes(await forward(request, request.route.action!, { ...request.params, ...group }));
};
