import { Fault } from '#shared/errors.ts';
import { makeThumbnail } from '#services/media/images.ts';
import { mediaTypeOf } from '#services/media/media-types.ts';
import { THUMBNAILS } from '#services/media/purposes.ts';
import type { DiskFolder } from '#services/media/store/disk-folder.ts';
import type { Kept, PreparedMedia, Store } from '#services/media/store/store.ts';

const WEBP = mediaTypeOf('image/webp')!;

const urlOf = (name: string): string => `/media/${name}`;

/** Keeps files in a folder, and makes the smaller pictures itself. */
export class DiskStore implements Store {
  readonly name = 'disk';
  readonly #folder: DiskFolder;

  constructor(folder: DiskFolder) {
    this.#folder = folder;
  }

  async keep(media: PreparedMedia, temporary: () => string): Promise<Kept> {
    try {
      return await this.#keep(media, temporary);
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw new Fault('media_store_failed', undefined, { cause: error });
    }
  }

  async #keep({ path, type, purpose, image }: PreparedMedia, temporary: () => string): Promise<Kept> {
    if (!image) return { url: urlOf(await this.#folder.put(path, type)), type: type.type };
    const small = temporary();
    const size = await makeThumbnail(path, small, THUMBNAILS[purpose]);
    const thumbnail = urlOf(await this.#folder.put(small, WEBP));
    // Of an avatar nobody ever shows more than the square.
    if (purpose === 'avatar')
      return { url: thumbnail, type: WEBP.type, width: size.width, height: size.height, thumbnail };
    const { width, height } = image;
    return { url: urlOf(await this.#folder.put(path, type)), type: type.type, width, height, thumbnail };
  }

  async close(): Promise<void> {
    return undefined;
  }
}
