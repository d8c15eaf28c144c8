import type { RoomEvent } from '#shared/events/room-events.ts';
import { isDm, participantsOf } from '#shared/room-id.ts';
import type { Notice } from '#services/profiles/push/sender.ts';

/** Characters of a text that are shown. */
const PREVIEW = 120;

/** A message that is older than this, in ms, when its event comes is no news. */
const NEWS_MS = 10 * 60_000;

const TYPES: Readonly<Record<string, string>> = { audio: 'Voice message', gif: 'GIF', media: 'Photo or video' };

/**
 * What a new message has to say, and to whom: of a DM the participant who did not write it. Null for everything else
 * that an event may be about. With `preview` false the text stays out of what passes through other companies' servers.
 */
export function noticeOf({ data }: RoomEvent, preview: boolean, now: number): { to: string; notice: Notice } | null {
  if (data.kind !== 'created' || !isDm(data.room)) return null;
  const { room, op, username, text = '', createdAt, message } = data;
  const author = username?.trim().toLowerCase();
  const participants = participantsOf(room);
  const to = participants.find((name) => name !== author);
  if (!author || !participants.includes(author) || to === undefined) return null;
  if (message && (message.deleted || message.previewable !== true)) return null;
  if (createdAt === undefined || now - createdAt > NEWS_MS) return null;
  const said = TYPES[message?.kind ?? ''] ?? text.slice(0, PREVIEW);
  const notice = {
    title: username!,
    body: preview ? said : 'New message',
    url: `/dm/${encodeURIComponent(username!)}`,
    tag: op.messageId,
  };
  return { to, notice };
}
