import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { recognise } from '#services/media/recognise.ts';
import { rotated } from '#tools/bench/measure.ts';
import { picture, upload, variant } from '#tools/bench/pictures.ts';

describe('pictures to upload', () => {
  let jpeg: Buffer;
  let folder: string;

  beforeAll(async () => {
    jpeg = await picture();
    folder = mkdtempSync(join(tmpdir(), 'truematch-pictures-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are about 100 kB, and what the program takes for a JPEG', async () => {
    const path = join(folder, 'a');
    writeFileSync(path, variant(jpeg, 1_023));
    expect(jpeg.length).toBeGreaterThan(80_000);
    expect(jpeg.length).toBeLessThan(120_000);
    await expect(recognise(path, 'image/jpeg')).resolves.toMatchObject({ type: 'image/jpeg' });
  });

  it('look different for each number', async () => {
    const pixels = await Promise.all([0, 1, 2, 512, 1_023].map((n) => sharp(variant(jpeg, n)).raw().toBuffer()));
    expect(new Set(pixels.map((one) => one.toString('latin1'))).size).toBe(pixels.length);
    expect(variant(jpeg, 0).equals(jpeg)).toBe(true);
  });

  it('go out byte by byte, with the length of the form', () => {
    const [head, ...rest] = Buffer.from(upload('/there', jpeg), 'latin1').toString('latin1').split('\r\n\r\n');
    const body = rest.join('\r\n\r\n');
    expect(head).toContain(`Content-Length: ${body.length}`);
    expect(body).toContain(jpeg.toString('latin1'));
  });
});

describe('requests that go on where the last run ended', () => {
  it('are rotated, round and round', () => {
    expect(rotated([1, 2, 3], 0)).toEqual([1, 2, 3]);
    expect(rotated([1, 2, 3], 2)).toEqual([3, 1, 2]);
    expect(rotated([1, 2, 3], 7)).toEqual([2, 3, 1]);
  });
});
