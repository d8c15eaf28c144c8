import sharp, { type Sharp } from 'sharp';
import { Fault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import type { MediaType } from '#services/media/media-types.ts';
import { Slots } from '#services/media/slots.ts';

/**
 * Images that are worked on at a time: each may take 4 bytes a pixel, 200 MB for the largest, and all of a core.
 */
const AT_ONCE = 2;
const slots = new Slots(AT_ONCE);

// Nothing is read twice, and one image must not take all cores from those who are being answered.
sharp.cache(false);
sharp.concurrency(1);

/** An image may be worked on for so long, in s; one of 50 million pixels takes about 5. */
const WORK_S = 30;

export interface Size {
  width: number;
  height: number;
}

/** The image as it is kept, and what it looks like. */
export interface PreparedImage extends Size {
  animated: boolean;
}

/** How a smaller picture is made. `fill`: exactly that size, cut at the edges. `within`: at most that size. */
export interface Thumbnail {
  fit: 'fill' | 'within';
  pixels: number;
}

/** libvips refuses by the header, before it has decoded anything. */
const open = (path: string, pages: number): Sharp =>
  sharp(path, { failOn: 'truncated', limitInputPixels: LIMITS.imagePixels, pages });

/** Qualities at which a second encoding cannot be seen; an effort at which AVIF takes no longer than the upload. */
function encoded(image: Sharp, type: string): Sharp {
  switch (type) {
    case 'image/jpeg':
      return image.jpeg({ quality: 90 });
    case 'image/png':
      return image.png();
    case 'image/webp':
      return image.webp({ quality: 90, effort: 3 });
    case 'image/gif':
      return image.gif({ effort: 3 });
    case 'image/avif':
      return image.avif({ quality: 65, effort: 1 });
    default:
      throw new Error(`no image type: ${type}`);
  }
}

/** What sharp says of an image that cannot be decoded, as the caller is told it. */
function refusal(error: unknown): Fault {
  const tooLarge = error instanceof Error && /pixel limit|too many pixels/i.test(error.message);
  return new Fault(tooLarge ? 'image_too_large' : 'file_broken', undefined, { cause: error });
}

/** What the system says, in the words of libvips, when it is the disk that fails and not the image. */
const DISK_FAULT = /no space left|quota exceeded|read-only file system|permission denied|input\/output error/i;

async function work<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await slots.run(task);
  } catch (error) {
    if (error instanceof Error && DISK_FAULT.test(error.message)) throw error;
    throw refusal(error);
  }
}

/**
 * Writes an image anew: upright, without its metadata (where it was taken above all) and without whatever else the file
 * carried. Throws file_broken, image_too_large, and as it is what the disk says.
 */
export function prepareImage(from: string, to: string, type: MediaType): Promise<PreparedImage> {
  return work(async () => {
    const { pages = 1 } = await open(from, 1).metadata();
    const animated = pages > 1;
    const image = open(from, animated ? -1 : 1).timeout({ seconds: WORK_S });
    // Frames lie below each other in one picture, which cannot be turned; cameras make no animations.
    const { width, height, pageHeight } = await encoded(animated ? image : image.autoOrient(), type.type).toFile(to);
    return { width, height: pageHeight ?? height, animated };
  });
}

/** Writes a smaller picture as WebP, of the first frame. The image is one that `prepareImage` wrote. */
export function makeThumbnail(from: string, to: string, { fit, pixels }: Thumbnail): Promise<Size> {
  return work(() =>
    open(from, 1)
      .timeout({ seconds: WORK_S })
      .resize(pixels, pixels, fit === 'fill' ? { fit: 'cover' } : { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toFile(to),
  );
}
