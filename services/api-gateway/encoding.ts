import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type Encoding = 'br' | 'gzip' | 'identity';

/** Bodies below this many bytes go out as they are: compressing them saves no packet. */
export const COMPRESS_FROM = 512;

/** Brotli at 4 takes about the time of gzip's default and packs JSON better. */
const BROTLI_QUALITY = 4;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

function weigh(header: string): Encoding {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name, ...parameters] = part.split(';').map((one) => one.trim());
    const q = parameters.find((one) => one.startsWith('q='))?.slice(2);
    if (name) weights.set(name, q === undefined ? 1 : Number(q) || 0);
  }
  const weightOf = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  const br = weightOf('br');
  const gz = weightOf('gzip');
  const best = Math.max(br, gz);
  if (best === 0 || (weights.get('identity') ?? 0) > best) return 'identity';
  return br >= gz ? 'br' : 'gzip';
}

/** Browsers send a handful of values; whoever sends others only makes this forget. */
const REMEMBERED = 200;
const known = new Map<string, Encoding>();

/** The encoding to answer with, by `Accept-Encoding` with its q-values; of equals brotli. Never refuses: identity is left. */
export function negotiate(header: string | string[] | undefined): Encoding {
  if (typeof header !== 'string') return 'identity';
  let encoding = known.get(header);
  if (!encoding) {
    encoding = weigh(header);
    if (known.size >= REMEMBERED) known.clear();
    if (header.length <= 200) known.set(header, encoding);
  }
  return encoding;
}

/** The body in that encoding, and the encoding it is in: small bodies stay as they are. */
export async function encode(body: Buffer, wanted: Encoding): Promise<{ body: Buffer; encoding: Encoding }> {
  if (wanted === 'identity' || body.length < COMPRESS_FROM) return { body, encoding: 'identity' };
  const options = {
    params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  };
  return { body: wanted === 'br' ? await brotli(body, options) : await zip(body), encoding: wanted };
}
