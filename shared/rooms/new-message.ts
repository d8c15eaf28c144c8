import { createHash } from 'node:crypto';
import { Fault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { quotedText } from '#shared/room-log/quotes.ts';
import type { NewMessage, Quote } from '#shared/room-log/types.ts';
import { NewMessageBody } from '#shared/rooms/rooms.contract.ts';
import { Type, type Static } from '#shared/schema.ts';

const Body = Type.Object(NewMessageBody);
export type NewMessageParams = Static<typeof Body> & { messageId: string; idempotencyKey?: string };

const SYSTEM_NAMES = new Set(['system', '_system']);

const isNone = (value: unknown): value is null | undefined => value === null || value === undefined;

const jsonBytes = (...values: unknown[]): number =>
  values.reduce<number>((sum, value) => sum + (isNone(value) ? 0 : Buffer.byteLength(JSON.stringify(value))), 0);

/**
 * The quote to store. A sent quote is never refused for its size: reading fills it from its target (L12), so what is
 * kept here only matters when the target is unknown. Its text is cut to 2 KiB, and its media and audio are dropped
 * when together over what a message itself may have (16 KiB of JSON).
 */
function quoteOf({ replyTo, replyToMessageId, replyToTimestamp }: NewMessageParams): Quote | null {
  if (isNone(replyTo)) {
    if (replyToMessageId) return { messageId: replyToMessageId, text: '' };
    return replyToTimestamp ? { timestamp: replyToTimestamp, text: '' } : null;
  }
  const { messageId, username, text, timestamp, kind, media, audio, deleted, deletedAt } = replyTo;
  const sent = [messageId, username, text, timestamp, kind, media, audio, deleted, deletedAt];
  if (sent.every(isNone)) return null;
  const fits = jsonBytes(media, audio) <= LIMITS.mediaBytes;
  return {
    ...(messageId && { messageId }),
    ...(username !== undefined && { username }),
    text: quotedText(text ?? ''),
    ...(timestamp !== undefined && { timestamp }),
    ...(!isNone(kind) && { kind }),
    ...(fits && !isNone(media) && { media }),
    ...(fits && !isNone(audio) && { audio }),
    ...(!isNone(deleted) && { deleted }),
    ...(!isNone(deletedAt) && { deletedAt }),
  };
}

/** JSON with the keys of every object sorted, so that two equal bodies have one text. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

/**
 * SHA-256 of what the caller sent of a message: tells a repeat from another body under the same key (L10). Without the
 * avatar: the same one arrives as a file's URL, or as it was sent when the media service was away.
 */
function hashOf(params: NewMessageParams): string {
  const sent = Object.fromEntries(
    (Object.keys(NewMessageBody) as (keyof typeof NewMessageBody)[])
      .filter((name) => name !== 'avatar')
      .map((name) => [name, params[name]]),
  );
  return createHash('sha256').update(canonicalJson(sent)).digest('base64url');
}

/** Who used which key for which body; nothing without a key. */
function idempotencyOf(
  params: NewMessageParams,
  usernameLc: string | null,
): Pick<NewMessage, 'author' | 'key' | 'keyHash'> {
  const { idempotencyKey: key, userId } = params;
  if (key === undefined) return {};
  if (!/^[\x20-\x7e]{1,200}$/.test(key)) throw new Fault('idempotency_key_invalid');
  const author = userId?.trim() ? `id:${userId}` : usernameLc && `name:${usernameLc}`;
  if (!author) throw new Fault('idempotency_author_required');
  return { author, key, keyHash: hashOf(params) };
}

/** A system line is left out of group previews. */
const isSystem = ({ system, systemType }: NewMessageParams, usernameLc: string | null): boolean =>
  system === true || !!systemType?.trim() || (usernameLc !== null && SYSTEM_NAMES.has(usernameLc));

/**
 * A message as the caller sent it, checked and cut to the sizes; what is missing is null, and the text is empty.
 * Throws media_too_large, idempotency_key_invalid, idempotency_author_required.
 */
export function newMessage(params: NewMessageParams): NewMessage {
  const { messageId, userId, username, avatar, bubbleColor, text, kind, media, audio } = params;
  if (jsonBytes(media, audio) > LIMITS.mediaBytes) throw new Fault('media_too_large');
  const usernameLc = username?.trim().toLowerCase() || null;
  return {
    messageId,
    userId: userId ?? null,
    username: username ?? null,
    usernameLc,
    avatar: isNone(avatar) || avatar.length > LIMITS.messageAvatar ? null : avatar,
    bubbleColor: bubbleColor ?? null,
    text: text ?? '',
    kind: kind ?? null,
    media: media ?? null,
    audio: audio ?? null,
    replyTo: quoteOf(params),
    ...(!isSystem(params, usernameLc) && { previewable: true as const }),
    ...idempotencyOf(params, usernameLc),
  };
}
