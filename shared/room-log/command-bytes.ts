import { jsonBytes, quoteBytes, textBytes } from '#shared/room-log/sizes.ts';
import type { Command } from '#shared/room-log/types.ts';

/** What a waiting write costs besides its texts: the command, its promise and timer. */
const WRITE = 600;

/** Estimated bytes of a waiting write, for the queue's bound. */
export function commandBytes(command: Command): number {
  if (command.op === 'edit') return WRITE + textBytes(command.newText);
  if (command.op !== 'create') return WRITE;
  const { text, avatar, media, audio, replyTo } = command.message;
  return WRITE + textBytes(text) + textBytes(avatar) + jsonBytes(media) + jsonBytes(audio) + quoteBytes(replyTo);
}
