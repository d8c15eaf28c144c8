import type { Context } from 'moleculer';
import type { Result } from '#shared/contract.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import { call } from '#services/contracts.ts';
import { groupRoomOf } from '#services/messages/group-room.ts';
import type { messagesContract } from '#services/messages/messages.contract.ts';
import type { NewestMessages } from '#services/messages/newest.ts';
import type { Previewed } from '#services/messages/preview.ts';

type Inbox = Result<typeof messagesContract.inbox>;
type InboxPreview = Inbox['previews'][number];

/** Previews that one answer has at most. */
const MAX_PREVIEWS = 1_000;

/**
 * The newest message of each of these groups, in the order asked, then of each DM thread of the user, newest first.
 * Groups without a message to show are left out; so are DM ids among the groups: their previews need the user.
 */
export async function inboxOf(
  ctx: Context,
  rooms: Rooms,
  newest: NewestMessages,
  { groups, user }: { groups: readonly string[]; user?: string },
): Promise<Inbox> {
  const [ofGroups, ofThreads] = await Promise.all([
    groupPreviews(ctx, rooms, newest, groups),
    user?.trim() ? threadPreviews(ctx, user) : [],
  ]);
  return { previews: [...ofGroups, ...ofThreads].slice(0, MAX_PREVIEWS) };
}

async function groupPreviews(ctx: Context, rooms: Rooms, newest: NewestMessages, groups: readonly string[]) {
  const named = groups.map((id) => id.trim()).filter(Boolean);
  const resolved = await Promise.all(named.map((id) => groupRoomOf(ctx, id)));
  const asked = [...new Set(resolved.filter((room) => room !== null))];
  const messages = await newest.of(rooms, asked);
  return messages.flatMap((message, index) => (message ? [inboxPreview(asked[index]!, message)] : []));
}

async function threadPreviews(ctx: Context, user: string): Promise<InboxPreview[]> {
  const { threads } = await call(ctx, 'dm.threads', { user });
  return threads.flatMap(({ dmId, last }) => (last ? [inboxPreview(dmId, last)] : []));
}

const inboxPreview = (
  threadId: string,
  { username, text, kind, timestamp, media }: Pick<Previewed, 'username' | 'text' | 'kind' | 'timestamp' | 'media'>,
): InboxPreview => ({ threadId, username, text, kind, timestamp, media: media ?? null });
