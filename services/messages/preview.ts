import type { Message } from '#shared/room-log/types.ts';
import type { Preview } from '#shared/rooms/message.shape.ts';

/** What lists show of a message. Pure. */

/** What previews are made of. */
export type Previewed = Pick<Message, 'username' | 'text' | 'kind' | 'createdAt' | 'timestamp' | 'media' | 'audio'>;

type MediaType = 'photo' | 'video' | 'attachment';

const IMAGES = new Set(['apng', 'avif', 'bmp', 'gif', 'heic', 'heif', 'jpeg', 'jpg', 'png', 'svg', 'webp']);
const VIDEOS = new Set(['3gp', 'avi', 'm4v', 'mkv', 'mov', 'mp4', 'mpeg', 'mpg', 'ogv', 'webm']);
const LABELS: Record<MediaType, string> = { photo: 'Photo', video: 'Video', attachment: 'Attachment' };

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

/** `photo` or `video` by a MIME type or a bare word such as `image`. */
function byType(type: unknown): MediaType | undefined {
  if (typeof type !== 'string') return undefined;
  if (/^(image|photo|gif)\b/i.test(type)) return 'photo';
  return /^video\b/i.test(type) ? 'video' : undefined;
}

/** By the extension of the path, or by the type that a data URL names. */
function byUrl(url: unknown): MediaType | undefined {
  if (typeof url !== 'string') return undefined;
  if (url.startsWith('data:')) return byType(url.slice(5, 40));
  const extension = /\.(\w{2,5})$/.exec(url.split(/[?#]/, 1)[0]!)?.[1]?.toLowerCase();
  if (extension === undefined) return undefined;
  if (IMAGES.has(extension)) return 'photo';
  return VIDEOS.has(extension) ? 'video' : undefined;
}

/** What kind of media this is, by its type or URL; null for no media. Media is free JSON: an object, or the URL itself. */
export function mediaTypeOf(media: unknown): MediaType | null {
  if (media === null || media === undefined) return null;
  if (typeof media === 'string') return byUrl(media) ?? 'attachment';
  const urls = ['original', 'url', 'mp4', 'webm', 'gif', 'preview'].map((name) => byUrl(field(media, name)));
  return byType(field(media, 'type')) ?? urls.find((one) => one !== undefined) ?? 'attachment';
}

/** The line that stands for a message in a list: what it is, else its trimmed text; null when there is nothing to show. */
function lineOf({ kind, text }: Previewed, mediaType: MediaType | null): string | null {
  if (kind === 'gif') return 'GIF';
  return mediaType ? LABELS[mediaType] : text.trim() || null;
}

export function previewOf(message: Previewed): Preview {
  const mediaType = mediaTypeOf(message.media);
  const duration = field(message.audio, 'durationMs');
  return {
    username: message.username,
    text: message.text,
    previewText: lineOf(message, mediaType),
    voiceNote: message.kind === 'audio' || (message.audio !== null && message.audio !== undefined),
    kind: message.kind,
    createdAt: message.createdAt,
    timestamp: message.timestamp,
    hasMedia: mediaType !== null,
    mediaType,
    audioDurationMs: typeof duration === 'number' && Number.isFinite(duration) ? duration : null,
  };
}
