import { LIMITS } from '#shared/limits.ts';
import { asJson } from '#shared/ready-bytes.ts';
import { namesDm } from '#shared/room-id.ts';
import type { ParamsOf } from '#services/contracts.ts';
import { bytes } from '#services/api-gateway/bytes.ts';
import type { Handler } from '#services/api-gateway/handlers/handler.ts';
import { read } from '#services/api-gateway/upstream.ts';

const MAX_GROUPS = 200;

/**
 * Previews of the groups that `X-Joined-Groups` names. DM ids in it are passed over: they come with `user`. So is what no
 * group can be called: a client lists what it has stored, and one bad id must not cost it all the others.
 */
export const inboxPreviews: Handler = async ({ exchange, caller, deadline, params }, { rooms }) => {
  const header = exchange.req.headers['x-joined-groups'];
  const ids = [header ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id && id.length <= LIMITS.id && !namesDm(id))
    .slice(0, MAX_GROUPS);
  const targets = await Promise.all(ids.map((id) => rooms.find(caller, id, deadline)));
  const query = { ...params, groups: [...new Set(targets.map(({ room }) => room))] } as ParamsOf<'messages.inbox'>;
  return bytes(await read(caller, 'messages.inbox', query, deadline, asJson()));
};
