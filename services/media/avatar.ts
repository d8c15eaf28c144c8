import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { invalid } from '#shared/errors.ts';
import { keepMedia } from '#services/media/keep-media.ts';
import { recognise } from '#services/media/recognise.ts';
import type { Store } from '#services/media/store/store.ts';
import type { TemporaryFiles } from '#services/media/temporary-files.ts';

const DATA_URL = /^data:[^,;]*;base64,/i;

/**
 * Keeps the image of a data URL as an avatar and answers where it is; the same data URL again is the same file.
 * Throws validation_failed (no base64), media_type_unsupported, file_broken, image_too_large, media_store_failed.
 */
export function keepAvatar(
  dataUrl: string,
  { store, temporary }: { store: Store; temporary: TemporaryFiles },
): Promise<{ url: string }> {
  const head = DATA_URL.exec(dataUrl)?.[0];
  const bytes = Buffer.from(head === undefined ? '' : dataUrl.slice(head.length), 'base64');
  if (bytes.length === 0) throw invalid('dataUrl', 'must be an image in base64');
  const contentId = createHash('sha256').update(bytes).digest('hex');
  return temporary.using(async (next) => {
    const path = next();
    await writeFile(path, bytes);
    const type = await recognise(path, '');
    if (type.kind !== 'image') throw invalid('dataUrl', 'must be an image in base64');
    const { url } = await keepMedia(store, { path, type, purpose: 'avatar', contentId }, next);
    return { url };
  });
}
