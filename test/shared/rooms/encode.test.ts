import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { encoded } from '#shared/rooms/encode.ts';

const text = JSON.stringify(Array.from({ length: 100 }, (_, index) => `naïve ☃ ${index}`));

describe('a body', () => {
  it('comes back from every encoding', async () => {
    const br = await encoded(text, 'br');
    const gzip = await encoded(text, 'gzip');
    const plain = await encoded(text, 'identity');
    expect([br.encoding, gzip.encoding, plain.encoding]).toEqual(['br', 'gzip', 'identity']);
    expect(brotliDecompressSync(br.body).toString()).toBe(text);
    expect(gunzipSync(gzip.body).toString()).toBe(text);
    expect(plain.body.toString()).toBe(text);
    expect(br.body.length).toBeLessThan(plain.body.length);
  });

  it('under 512 bytes is not compressed, and says so', async () => {
    expect(await encoded('x'.repeat(511), 'br')).toMatchObject({ encoding: 'identity' });
    expect(await encoded('x'.repeat(512), 'gzip')).toMatchObject({ encoding: 'gzip' });
  });
});
