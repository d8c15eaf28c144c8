import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

export type Encoding = 'br' | 'gzip' | 'identity';

/** Smaller bodies are not worth compressing (the clients' contract names the same 512 bytes). */
const MIN_BYTES = 512;

/** Brotli 4 packs chat JSON tighter than gzip's default in less time; higher qualities cost a multiple. */
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
};

/** The bytes of a text in the encoding asked for, or as they are when they are few; compressed off the main thread. */
export async function encoded(text: string | Buffer, wanted: Encoding): Promise<{ body: Buffer; encoding: Encoding }> {
  const plain = typeof text === 'string' ? Buffer.from(text) : text;
  if (wanted === 'identity' || plain.length < MIN_BYTES) return { body: plain, encoding: 'identity' };
  return { body: await (wanted === 'br' ? brotli(plain, BROTLI) : gzipped(plain)), encoding: wanted };
}
