import type { PreparedImage } from '#services/media/images.ts';
import type { MediaType } from '#services/media/media-types.ts';
import type { Purpose } from '#services/media/purposes.ts';

/** A file that is ready to be kept. */
export interface PreparedMedia {
  path: string;
  type: MediaType;
  purpose: Purpose;
  /** Set for an image. */
  image?: PreparedImage;
  /**
   * Says that the same file is sent again and again: it is kept under this name once. Else a file has a name of its
   * own, where the store does not name files by their content anyway.
   */
  contentId?: string;
}

/** Where a file is. What begins with a slash is a path of the gateway, else it is a whole URL. */
export interface Kept {
  url: string;
  type: string;
  width?: number;
  height?: number;
  /** A smaller picture of an image. */
  thumbnail?: string;
}

export interface Store {
  /** For people and for the status: `disk`, `cloudinary`. */
  readonly name: 'disk' | 'cloudinary';
  /**
   * Keeps a file. `temporary` gives paths for files that are not needed afterwards.
   * Throws media_store_failed; nothing of the file is kept then.
   */
  keep(media: PreparedMedia, temporary: () => string): Promise<Kept>;
  /** Ends what goes on by itself. */
  close(): Promise<void>;
}
