import sharp from 'sharp';

export const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** A picture of 60 by 40 pixels that was taken with the camera on its side, at a place that its metadata tell. */
export function photo(format: ImageFormat, width = 60, height = 40): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 120, sigma: 30 } as const;
  return sharp({ create: { width, height, channels: 3, background: 'teal', noise } })
    .withMetadata({ orientation: 6 })
    .withExif({ IFD0: { Copyright: 'somebody', Orientation: '6' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
    .toFormat(format)
    .toBuffer();
}

const plain = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 30, height: 20, channels: 3, background } })
    .png()
    .toBuffer();

/** Four frames. */
export async function animation(): Promise<Buffer> {
  const frames = await Promise.all(['red', 'green', 'blue', 'white'].map(plain));
  return sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
}

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

const padded = (...parts: Buffer[]): Buffer => Buffer.concat([...parts, Buffer.alloc(4_000, 0)]);

/** The beginning of an Ogg page, and of the stream in it. */
const ogg = (codec: Buffer): Buffer =>
  padded(ascii('OggS'), Buffer.from([0, 2]), Buffer.alloc(20), Buffer.from([1, codec.length]), codec);

const boxes = (brand: string): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(20);
  return padded(size, ascii(`ftyp${brand}`), Buffer.alloc(4), ascii('isom'));
};

const WEBM = padded(
  Buffer.from(
    '1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff',
    'hex',
  ),
);

/** Small files that begin as those of their types do, by what their senders call them. */
export const RECORDINGS: Readonly<Record<string, Buffer>> = {
  'video/mp4': boxes('isom'),
  'video/quicktime': boxes('qt  '),
  'video/webm;codecs=vp8': WEBM,
  'video/ogg': ogg(ascii('\x80theora\x03\x02\x01')),
  'audio/webm;codecs=opus': WEBM,
  'audio/ogg;codecs=opus': ogg(ascii('OpusHead\x01\x01')),
  'audio/mpeg': padded(ascii('ID3\x04\x00\x00\x00\x00\x00\x00'), Buffer.from([0xff, 0xfb, 0x90, 0x64])),
  'audio/wav': padded(ascii('RIFF'), Buffer.from([0xa0, 0x0f, 0, 0]), ascii('WAVEfmt ')),
  'audio/mp4': boxes('M4A '),
  'audio/aac': padded(Buffer.from([0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc])),
};
