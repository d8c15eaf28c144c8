import { Fault, isFault } from '#shared/errors.ts';
import { prepareImage } from '#services/media/images.ts';
import type { MediaType } from '#services/media/media-types.ts';
import type { Purpose } from '#services/media/purposes.ts';
import type { UploadResult } from '#services/media/media.contract.ts';
import type { Store } from '#services/media/store/store.ts';

export interface RawMedia {
  path: string;
  type: MediaType;
  purpose: Purpose;
  contentId?: string;
}

/**
 * Keeps a file of a known type: an image written anew, all else as it is. `temporary` gives paths of files that are not
 * needed afterwards. Throws file_broken, image_too_large, media_store_failed.
 */
export async function keepMedia(store: Store, raw: RawMedia, temporary: () => string): Promise<UploadResult> {
  if (raw.type.kind !== 'image') return store.keep(raw, temporary);
  const path = temporary();
  const image = await prepareImage(raw.path, path, raw.type).catch((error: unknown) => {
    throw isFault(error) ? error : new Fault('media_store_failed', undefined, { cause: error });
  });
  const kept = await store.keep({ ...raw, path, image }, temporary);
  // An animation is its own preview: the smaller picture stands still.
  return image.animated || raw.purpose === 'avatar' ? kept : { ...kept, preview: kept.thumbnail };
}
