import type { Contract } from '#shared/contract.ts';
import type { ErrorCode, FieldError } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { MEDIA_TYPES } from '#services/media/media-types.ts';
import { Nullable, Text, Type, type Static } from '#shared/schema.ts';

export const UploadShape = Type.Object(
  {
    url: Type.String({ description: 'Where the file is; of an avatar, its square of 256 pixels' }),
    type: Type.String({ description: 'Content type of what is there' }),
    width: Type.Optional(Type.Integer({ description: 'Of an image, upright' })),
    height: Type.Optional(Type.Integer({ description: 'Of an image, upright' })),
    thumbnail: Type.Optional(Type.String({ description: 'A smaller picture of an image, as WebP' })),
    preview: Type.Optional(Type.String({ description: 'The same, unless the image is animated' })),
  },
  { $id: 'Upload' },
);
export type UploadResult = Static<typeof UploadShape>;

export const mediaContract = {
  status: {
    params: Type.Object({}),
    result: Type.Object({
      configured: Type.Boolean({ description: 'Whether files can be uploaded' }),
      usingUrl: Type.Boolean({ description: 'Whether CLOUDINARY_URL names the account' }),
      cloudName: Nullable(Type.String({ description: 'Cloudinary account; null when files are kept on the disk' })),
      store: Type.String({ enum: ['disk', 'cloudinary'] }),
    }),
  },
  /** Internal: where an instance takes uploads and serves files over HTTP, and the key that it asks for. */
  locate: {
    params: Type.Object({}),
    result: Type.Object({ host: Type.String(), port: Type.Integer(), key: Type.String() }),
  },
  /** Internal: keeps the image of a data URL. A URL that begins with a slash is a path of the gateway. */
  avatar: {
    params: Type.Object({ dataUrl: Text(LIMITS.avatar) }),
    result: Type.Object({ url: Type.String() }),
  },
} satisfies Contract;

/** Content types of the files that are served. */
export const SERVED_TYPES: readonly string[] = MEDIA_TYPES.map(({ type }) => type);

/** Header of the HTTP between gateways and media services that carries the key of `locate`. */
export const MEDIA_KEY_HEADER = 'x-media-key';

/** An error answer of that HTTP, which becomes the gateway's own. */
export interface MediaProblem {
  type: ErrorCode;
  detail: string;
  errors?: FieldError[];
}
