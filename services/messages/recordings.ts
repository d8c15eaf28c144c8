import type { Context } from 'moleculer';
import { Fault } from '#shared/errors.ts';
import type { Params, Result } from '#shared/contract.ts';
import { recordingsEverywhere, recordingsIn } from '#shared/room-log/recordings.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import type { Message } from '#shared/room-log/types.ts';
import { clamp } from '#shared/rooms/clamp.ts';
import { reactionMap } from '#shared/room-log/view.ts';
import { groupRoomOf } from '#services/messages/group-room.ts';
import type { messagesContract } from '#services/messages/messages.contract.ts';

type Recordings = Result<typeof messagesContract.recordings>;

/** A user's audio messages in group rooms, newest first; with `groupId` those of one group. Throws username_required. */
export async function recordingsOf(
  ctx: Context,
  rooms: Rooms,
  { username, limit, groupId }: Params<typeof messagesContract.recordings>,
): Promise<Recordings> {
  const author = username.trim().toLowerCase();
  if (!author) throw new Fault('username_required');
  const most = clamp(limit, 1, 200, 50);
  const found = groupId?.trim()
    ? await inRoom(ctx, rooms, author, groupId, most)
    : await recordingsEverywhere(rooms.collections, (asked) => rooms.heads(asked), author, most);
  return { items: found.map(recordingOf) };
}

async function inRoom(ctx: Context, rooms: Rooms, author: string, groupId: string, most: number): Promise<Message[]> {
  const room = await groupRoomOf(ctx, groupId);
  const head = room === null ? null : await rooms.head(room);
  return head ? recordingsIn(rooms.collections, head, author, most) : [];
}

const recordingOf = (message: Message): Recordings['items'][number] => ({
  roomId: message.room,
  groupId: message.room,
  messageId: message.messageId,
  timestamp: message.timestamp,
  createdAt: message.createdAt,
  username: message.username,
  kind: 'audio',
  audio: message.audio ?? null,
  reactions: reactionMap(message.reactions),
});
