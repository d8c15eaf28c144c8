import sharp from 'sharp';
import { request } from '#tools/bench/load/load.ts';

/** Pictures to upload. Files are kept by their content: one that is there already would cost less than a new one. */

const BOUNDARY = 'boundary-of-the-bench';
/** Bits of a number that tell pictures apart. */
const BITS = 10;
const PICTURES = 2 ** BITS;

/** A JPEG of about 100 kB: noise, so that every coefficient counts. */
export async function picture(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 24 } as const;
  return sharp({ create: { width: 640, height: 480, channels: 3, background: '#808080', noise } })
    .jpeg({ quality: 80 })
    .toBuffer();
}

/**
 * The picture with other contrasts, by the bits of `n` (0 to 1,023): they are added to the first steps by which its
 * coefficients are multiplied. Far cheaper than encoding another one.
 */
export function variant(jpeg: Buffer, n: number): Buffer {
  const copy = Buffer.from(jpeg);
  // After the marker come two bytes of length, one with the table's number, and the steps (ITU T.81, B.2.4.1).
  const steps = copy.indexOf(Buffer.from([0xff, 0xdb])) + 5;
  for (let bit = 0; bit < BITS; bit += 1) copy[steps + bit]! += (n >> bit) & 1;
  return copy;
}

/** A form with one file, as a browser sends it, one character a byte. */
export function upload(path: string, file: Buffer): string {
  const body =
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="media"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n` +
    `${file.toString('latin1')}\r\n--${BOUNDARY}--\r\n`;
  const headers = {
    'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
    'Content-Length': String(body.length),
  };
  return request('POST', path, { headers }) + body;
}

/** Requests that each send another picture. */
export async function uploads(): Promise<string[]> {
  const first = await picture();
  return Array.from({ length: PICTURES }, (_, n) => upload('/api/uploads/chat-media', variant(first, n)));
}
