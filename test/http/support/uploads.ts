import { crc32 } from 'node:zlib';
import type { Api } from '#test/http/support/api.ts';
import type { Answer, Message } from '#test/http/support/http.ts';

const BOUNDARY = 'x-boundary-of-the-tests';

/** A file as a form carries it. */
export interface FormFile {
  field: string;
  bytes: Buffer;
  /** What the sender says that it is. */
  type?: string;
  name?: string;
}

/** A multipart form of these files, and the headers that go with it. */
export function formOf(...files: FormFile[]): Required<Pick<Message, 'body' | 'headers'>> {
  const parts = files.flatMap(({ field, bytes, type = 'application/octet-stream', name = 'file' }) => [
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\n` +
        `Content-Type: ${type}\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n'),
  ]);
  const body = Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` } };
}

/** A PNG of one red pixel. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

/** The same pixel, in a file that says that it has 8,000 times 8,000 of them. */
export function tooManyPixels(): Buffer {
  const png = Buffer.from(PIXEL);
  // Width and height stand first in the IHDR chunk, which begins at byte 12 and ends with its checksum.
  png.writeUInt32BE(8_000, 16);
  png.writeUInt32BE(8_000, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

const FIELDS = { avatar: 'avatar', 'chat-media': 'media', 'dating-photo': 'photo' } as const;

export interface Uploaded {
  url: string;
  type: string;
  width?: number;
  height?: number;
  thumbnail?: string;
  preview?: string;
}

/** Uploads a file as the clients do. */
export function upload(api: Api, to: keyof typeof FIELDS, file: Omit<FormFile, 'field'>): Promise<Answer> {
  return api.send({
    method: 'POST',
    path: `/api/uploads/${to}?username=alice`,
    ...formOf({ field: FIELDS[to], ...file }),
  });
}

/** The path of a file's URL. */
export const pathOf = (url: string): string => new URL(url).pathname;
