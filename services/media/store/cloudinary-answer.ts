import type { Thumbnail } from '#services/media/images.ts';
import type { Kept, PreparedMedia } from '#services/media/store/store.ts';

/** A file as it is to be in Cloudinary. */
export interface Asset {
  folder: string;
  id: string;
  /** Recordings are videos to Cloudinary. */
  resourceType: 'image' | 'video';
  /** The smaller picture that Cloudinary makes. */
  thumbnail?: Thumbnail;
}

interface Answer {
  public_id?: unknown;
  resource_type?: unknown;
  secure_url?: unknown;
  eager?: unknown;
}

function httpsUrl(value: unknown, what: string): string {
  if (typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'https:') return value;
  throw new Error(`Cloudinary's answer has no ${what}`);
}

/** Where the file is, by Cloudinary's answer. Throws when the answer is not that of this upload, kept whole. */
export function keptOf(answer: unknown, asset: Asset, { type, purpose, image }: PreparedMedia): Kept {
  const { public_id: publicId, resource_type: resourceType, secure_url: secureUrl, eager } = (answer ?? {}) as Answer;
  if (publicId !== `${asset.folder}/${asset.id}` || resourceType !== asset.resourceType)
    throw new Error("Cloudinary's answer is about another file");
  const url = httpsUrl(secureUrl, 'secure_url');
  if (!image || !asset.thumbnail) return { url, type: type.type };
  const [first] = Array.isArray(eager) ? (eager as { secure_url?: unknown }[]) : [];
  const thumbnail = httpsUrl(first?.secure_url, 'picture in the wanted size');
  const { pixels } = asset.thumbnail;
  if (purpose === 'avatar') return { url: thumbnail, type: 'image/webp', width: pixels, height: pixels, thumbnail };
  return { url, type: type.type, width: image.width, height: image.height, thumbnail };
}
