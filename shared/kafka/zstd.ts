import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs, { CompressionTypes } from 'kafkajs';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** The fastest of zstd's ordinary levels; chat in JSON shrinks to a quarter or less. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Teaches kafkajs zstd (it brings gzip alone), by Node's own zlib. */
export function registerZstd(): void {
  // Node finds no named export of it.
  kafkajs.CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => compress(buffer, LEVEL),
    decompress: (buffer: Buffer) => decompress(buffer),
  });
}
