import { Type } from '#shared/schema.ts';
import { SERVED_TYPES, UploadShape } from '#services/media/media.contract.ts';
import { callAction } from '#services/api-gateway/handlers/call-action.ts';
import { mediaFile } from '#services/api-gateway/handlers/media-file.ts';
import { upload } from '#services/api-gateway/handlers/upload.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const tag = 'Media';
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const THUMBNAIL = 'https://api.example.com/media/2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae.webp';
const IMAGES = 'JPEG, PNG, WebP, GIF or AVIF';

/** One of the routes that take a file. */
const takes = (name: string, file: string, summary: string, description: string): Route => ({
  method: 'POST',
  path: `/api/uploads/${name}`,
  access: 'user',
  tag,
  action: null,
  file,
  handle: upload,
  summary,
  description:
    `${description} What is in the file counts, not its name or its declared type. Images are turned upright and lose ` +
    'their metadata, where they were taken above all. A file that no document names is removed when it is a day old, the next time somebody cleans up.',
  errors: [
    'request_timeout',
    'upload_too_large',
    'image_too_large',
    'media_type_unsupported',
    'file_broken',
    'validation_failed',
    'internal',
    'media_store_failed',
    'service_unavailable',
    'service_timeout',
  ],
  result: UploadShape,
  example: {
    response: {
      url: `https://api.example.com/media/${HASH}.jpg`,
      type: 'image/jpeg',
      width: 1200,
      height: 800,
      thumbnail: THUMBNAIL,
      preview: THUMBNAIL,
    },
  },
});

export const mediaRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/cloudinary/status',
    access: 'public',
    tag,
    action: 'media.status',
    handle: callAction,
    summary: 'Whether files can be uploaded, and where they are kept',
    example: { response: { configured: true, usingUrl: false, cloudName: null, store: 'disk' } },
  },
  takes('avatar', 'avatar', 'Upload an avatar', `${IMAGES}; the answer is a square of 256 pixels.`),
  takes(
    'chat-media',
    'media',
    'Upload a picture, video or recording for a message',
    `${IMAGES}; MP4, WebM, QuickTime or Ogg; MP3, WAV, AAC, and sound in WebM, Ogg and MP4. A container that can hold ` +
      'both is a recording when it is declared to be one.',
  ),
  takes('dating-photo', 'photo', 'Upload a dating photo', `${IMAGES}, in full size, with a square of 256 pixels.`),
  {
    method: 'GET',
    path: '/media/:name',
    access: 'public',
    tag,
    action: null,
    headers: [
      { name: 'Range', description: 'One range of bytes: `bytes=0-1023`' },
      { name: 'If-Range', description: 'The ETag of what the range is of' },
    ],
    handle: mediaFile,
    summary: 'A file that was uploaded',
    description: 'Its name is a hash of its content, so it never changes and may be cached for ever.',
    errors: ['not_found', 'range_not_satisfiable', 'validation_failed', 'service_unavailable', 'service_timeout'],
    result: Type.String(),
    resultType: SERVED_TYPES[0]!,
    moreTypes: SERVED_TYPES.slice(1),
    moreStatuses: { 206: 'A range of it' },
    example: { path: { name: `${HASH}.jpg` }, response: '' },
  },
];
