import { createHash } from 'node:crypto';
import { LIMITS } from '#shared/limits.ts';
import { keptEdits } from '#shared/room-log/rules.ts';
import { bytesOf } from '#shared/room-log/sizes.ts';
import { isoOf } from '#shared/room-log/times.ts';
import type { Edit, Message, Millis, Reaction } from '#shared/room-log/types.ts';
import { newMessage, type NewMessageParams } from '#shared/rooms/new-message.ts';
import type { OldCollection } from '#shared/own-database.ts';
import { OldFields } from '#tools/adopt/old-fields.ts';
import { messageIdOf, timeOf } from '#tools/adopt/message-place.ts';
import { isNone, isoTextOf, isRecord, millisOf, type Note, type Old, plainJson } from '#tools/adopt/values.ts';

/** A message of the older service in our form, but for its place in the room. */
export interface ReadMessage {
  message: Omit<Message, 'room' | 'seq' | 'rev' | 'createdAt'>;
  createdAt: Millis;
  /** Says whether two messages are copies of one. */
  sum: string;
  notes: readonly Note[];
  /** Something was cut or left out that only the original has. */
  keep: boolean;
}

/** What becomes of a data URL: the address of its file, or null when it stays as it is. */
export type AvatarOf = (dataUrl: string) => string | null;

/** Everything that the older service stored; `_id` and the three names of the room are read elsewhere. */
const KNOWN = new Set(
  (
    '_id roomId groupId dmId messageId timestamp createdAt userId username avatar bubbleColor text kind media audio ' +
    'replyTo edited lastEditedAt edits deleted deletedAt reactions system systemType'
  ).split(' '),
);

function sumOf({ userId, username, text, kind, media, audio }: ReadMessage['message']): string {
  const said = JSON.stringify([userId, username, text, kind, media ?? null, audio ?? null]);
  return createHash('sha256').update(said).digest('base64url').slice(0, 16);
}

function quoteOf(value: unknown, fields: OldFields): unknown {
  if (isNone(value)) return null;
  if (!isRecord(value)) {
    fields.note('a reply that is no object, left out', true);
    return null;
  }
  const text = (name: string) => (typeof value[name] === 'string' ? { [name]: value[name] } : {});
  const said = value.text;
  if (typeof said === 'string' && Buffer.byteLength(said) > LIMITS.quoteTextBytes)
    fields.note('a quote over 2 KiB, cut (shown whole as long as its target is there)', true);
  const [timestamp, deletedAt] = [isoTextOf(value.timestamp), isoTextOf(value.deletedAt)];
  return {
    ...text('messageId'),
    ...text('username'),
    ...text('text'),
    ...text('kind'),
    ...(timestamp !== null && { timestamp }),
    media: plainJson(value.media),
    audio: plainJson(value.audio),
    ...(value.deleted === true && { deleted: true, deletedAt }),
  };
}

function editsOf(value: unknown, fields: OldFields): Edit[] {
  if (isNone(value)) return [];
  const all: unknown[] = Array.isArray(value) ? value : [value];
  const edits = all.flatMap((one): Edit[] => {
    const editedAt = isRecord(one) ? isoTextOf(one.editedAt) : null;
    return isRecord(one) && typeof one.previousText === 'string' && editedAt !== null
      ? [{ previousText: one.previousText, editedAt }]
      : [];
  });
  if (edits.length < all.length) fields.note('edits without text or time, left out', true);
  return edits;
}

function reactionOf(userId: string, value: unknown, otherwise: Millis): Reaction | null {
  if (!isRecord(value) || typeof value.emoji !== 'string') return null;
  const { emoji } = value;
  if (emoji.trim() === '' || emoji.length > LIMITS.short) return null;
  const username = typeof value.username === 'string' ? value.username : null;
  return { userId, emoji, at: millisOf(value.at) ?? otherwise, username };
}

function reactionsOf(value: unknown, createdAt: Millis, fields: OldFields): Reaction[] {
  if (isNone(value)) return [];
  const all = isRecord(value) ? Object.entries(value) : [];
  const found = all.flatMap(([userId, one]) => reactionOf(userId, one, createdAt) ?? []);
  if (!isRecord(value) || found.length < all.length) fields.note('reactions that are none, left out', true);
  if (found.length <= LIMITS.reactors) return found;
  fields.note('more than 2,000 reactions: the newest are kept', true);
  const newest = new Set(found.toSorted((a, b) => b.at - a.at).slice(0, LIMITS.reactors));
  return found.filter((one) => newest.has(one));
}

function avatarOf(fields: OldFields, become: AvatarOf): string | null {
  const avatar = fields.text('avatar');
  if (avatar === null) return null;
  const url = /^data:/i.test(avatar) ? become(avatar) : null;
  if (url !== null) {
    fields.note('data URLs of avatars that became files');
    return url;
  }
  if (avatar.length > LIMITS.messageAvatar) fields.note('avatars over 64 KiB that are no image, left out', true);
  else if (/^data:/i.test(avatar)) fields.note('data URLs of avatars kept as they were');
  return avatar;
}

/** A message of the older service in our form, by the rules that a new one goes by; nothing about it is refused. */
export function readMessage(collection: OldCollection, document: Old, become: AvatarOf): ReadMessage {
  const fields = new OldFields(document);
  for (const name of Object.keys(document))
    if (!KNOWN.has(name) && !isNone(document[name])) fields.note(`field that is not kept: ${name.slice(0, 60)}`);
  const createdAt = timeOf(document, fields);
  const deleted = document.deleted === true;
  const { media, audio } = deleted ? { media: null, audio: null } : fields.media();
  const params = {
    messageId: messageIdOf(collection, document, fields),
    userId: fields.text('userId', LIMITS.id),
    username: fields.text('username', LIMITS.id),
    avatar: avatarOf(fields, become),
    bubbleColor: fields.text('bubbleColor', LIMITS.short),
    text: fields.text('text', LIMITS.text) ?? '',
    kind: fields.text('kind', LIMITS.short),
    media,
    audio,
    replyTo: quoteOf(document.replyTo, fields),
    system: document.system === true,
    systemType: typeof document.systemType === 'string' ? document.systemType : null,
  };
  const { previewable, ...fresh } = newMessage(params as NewMessageParams);
  const timestamp = isoTextOf(document.timestamp);
  if (timestamp === null) fields.note('timestamp missing: made from createdAt');
  const message: ReadMessage['message'] = {
    ...fresh,
    ...(!deleted && previewable && { previewable }),
    timestamp: timestamp ?? isoOf(createdAt),
    edited: document.edited === true,
    lastEditedAt: isoTextOf(document.lastEditedAt),
    edits: [],
    deleted,
    deletedAt: isoTextOf(document.deletedAt),
    reactions: reactionsOf(document.reactions, createdAt, fields),
  };
  const edits = editsOf(document.edits, fields);
  if (deleted) {
    if (message.text !== '') fields.note('text of a deleted message, removed');
    if (edits.length > 0) fields.note('earlier texts of a deleted message, removed');
    message.text = '';
    delete message.media;
    delete message.audio;
  } else {
    message.edits = keptEdits(edits, bytesOf({ ...message, room: '', seq: 0, rev: 0, createdAt }));
    if (message.edits.length < edits.length) fields.note('more edits than are kept: the newest stay', true);
  }
  return { message, createdAt, sum: sumOf(message), notes: fields.notes, keep: fields.keep && !deleted };
}
