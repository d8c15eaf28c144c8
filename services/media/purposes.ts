import type { Config } from '#shared/config.ts';
import type { Thumbnail } from '#services/media/images.ts';
import type { Kind } from '#services/media/media-types.ts';

export type Purpose = 'avatar' | 'chat' | 'dating';

/** What may be uploaded for a purpose. */
export interface Rules {
  purpose: Purpose;
  /** Field of the form that has the file. */
  field: string;
  /** Largest file in bytes, by kind; a kind that is missing is not taken. */
  limits: Partial<Record<Kind, number>>;
}

/** The last part of the path below `/api/uploads`, and what it takes. */
export function rulesOf(config: Config): Readonly<Record<string, Rules>> {
  const { maxChatImageBytes: image, maxChatVideoBytes: video, maxChatAudioBytes: audio } = config;
  return {
    avatar: { purpose: 'avatar', field: 'avatar', limits: { image: config.maxAvatarBytes } },
    'chat-media': { purpose: 'chat', field: 'media', limits: { image, video, audio } },
    'dating-photo': { purpose: 'dating', field: 'photo', limits: { image: config.maxDatingBytes } },
  };
}

/** No file for the purpose may have more bytes. */
export const largest = ({ limits }: Rules): number => Math.max(...Object.values(limits));

/** The smaller picture of an image: of people the same square everywhere, of what is sent the whole of it. */
export const THUMBNAILS: Readonly<Record<Purpose, Thumbnail>> = {
  avatar: { fit: 'fill', pixels: 256 },
  dating: { fit: 'fill', pixels: 256 },
  chat: { fit: 'within', pixels: 512 },
};
