import type { Message } from '#shared/room-log/types.ts';

/**
 * The same message in an object that V8 lays out as a struct. The driver sets fields by computed names, and V8 turns an
 * object that gets more than about sixteen that way into a hash table: 3 kB instead of 250 bytes, for each message of
 * each window in memory. `room`: one string for all of them.
 */
export function shaped(message: Message, room: string): Message {
  const { media, audio, previewable, author, key, keyHash } = message;
  const copy: Message = {
    room,
    messageId: message.messageId,
    seq: message.seq,
    rev: message.rev,
    createdAt: message.createdAt,
    timestamp: message.timestamp,
    userId: message.userId,
    username: message.username,
    usernameLc: message.usernameLc,
    avatar: message.avatar,
    bubbleColor: message.bubbleColor,
    text: message.text,
    kind: message.kind,
    replyTo: message.replyTo,
    edited: message.edited,
    lastEditedAt: message.lastEditedAt,
    edits: message.edits,
    deleted: message.deleted,
    deletedAt: message.deletedAt,
    reactions: message.reactions,
  };
  if (media !== undefined) copy.media = media;
  if (audio !== undefined) copy.audio = audio;
  if (previewable !== undefined) copy.previewable = previewable;
  if (author !== undefined) copy.author = author;
  if (key !== undefined) copy.key = key;
  if (keyHash !== undefined) copy.keyHash = keyHash;
  return copy;
}
