import type { Api } from '#test/http/support/api.ts';
import { say, unique, uniqueDm } from '#test/http/support/rooms.ts';

/** A room with one message, under the names that the paths of the API use. */
export interface RoomStage {
  /** The path parameters that lead to the room, its message and its group. */
  values: Readonly<Record<string, string>>;
  room: string;
  messageId: string;
}

/** A fresh group, and its room (or a fresh DM) with one message. */
export async function roomStage(api: Api, direct: boolean): Promise<RoomStage> {
  const group = unique('stage');
  await api.post('/api/groups', { id: group, name: group });
  const room = direct ? uniqueDm().dm : group;
  const { messageId, timestamp } = await say(api, room, { userId: 'u_1', username: 'alice', text: 'first' });
  return { room, messageId, values: { room, dmId: room, groupId: group, messageId, timestamp } };
}
