import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { PIXEL, tooManyPixels } from '#test/http/support/uploads.ts';
import { animation, IMAGE_FORMATS, photo, RECORDINGS } from '#test/services/media/support/files.ts';
import { MediaStage } from '#test/services/media/support/media-stage.ts';

const LIMITS = { MAX_AVATAR_BYTES: '9000', MAX_CHAT_IMAGE_BYTES: '20000' } as const;
const RECORDED = { MAX_CHAT_VIDEO_BYTES: '26000', MAX_CHAT_AUDIO_BYTES: '25000' } as const;

const stage = new MediaStage();
beforeAll(() => stage.start({ ...LIMITS, ...RECORDED }));
afterAll(() => stage.stop());

const media = (bytes: Buffer, type = 'application/octet-stream', name = 'file') => ({
  field: 'media',
  bytes,
  type,
  name,
});
const grown = (file: Buffer, bytes: number): Buffer => Buffer.concat([file, Buffer.alloc(bytes - file.length)]);

describe('a picture', () => {
  it.each(IMAGE_FORMATS)('as %s is turned upright, loses its metadata, and has a smaller one', async (format) => {
    const { status, body } = await stage.upload('chat-media', media(await photo(format), 'image/x-anything', 'a.exe'));
    const upright = format === 'gif' ? { width: 60, height: 40 } : { width: 40, height: 60 };
    expect({ status, body }).toMatchObject({ status: 200, body: { type: `image/${format}`, ...upright } });
    expect(body.preview).toBe(body.thumbnail);
    const stored = await sharp(await stage.read(body.url)).metadata();
    expect(stored).toMatchObject(upright);
    expect(Object.keys(stored)).not.toEqual(expect.arrayContaining(['exif']));
    expect(stored.orientation ?? 1).toBe(1);
    expect(await sharp(await stage.read(body.thumbnail!)).metadata()).toMatchObject({ format: 'webp', ...upright });
  });

  it('that is an animation stays one, with a smaller one that is none', async () => {
    const { body } = await stage.upload('chat-media', media(await animation()));
    expect(body).toMatchObject({ type: 'image/gif', width: 30, height: 20 });
    expect(body).not.toHaveProperty('preview');
    expect(await sharp(await stage.read(body.url), { pages: -1 }).metadata()).toMatchObject({ pages: 4 });
    expect((await sharp(await stage.read(body.thumbnail!)).metadata()).pages ?? 1).toBe(1);
  });

  it('as an avatar is a square of 256 pixels, and as a dating photo has one', async () => {
    const bytes = await photo('png');
    const avatar = await stage.upload('avatar', { field: 'avatar', bytes });
    expect(avatar.body).toMatchObject({ type: 'image/webp', width: 256, height: 256 });
    expect(avatar.body.thumbnail).toBe(avatar.body.url);
    const dating = await stage.upload('dating-photo', { field: 'photo', bytes });
    expect(dating.body).toMatchObject({ type: 'image/png', width: 40, height: 60, thumbnail: avatar.body.url });
  });

  it.each(IMAGE_FORMATS)('that breaks off is refused (%s)', async (format) => {
    const whole = await photo(format, 80, 60);
    for (const length of [whole.length - 40, whole.length >> 1]) {
      const { status, body } = await stage.upload('chat-media', media(whole.subarray(0, length)));
      expect([length, status, body.type]).toEqual([length, 422, 'file_broken']);
    }
  });

  it('of too many pixels is refused before it is decoded', async () => {
    const before = process.memoryUsage.rss();
    const { status, body } = await stage.upload('avatar', { field: 'avatar', bytes: tooManyPixels() });
    expect([status, body.type]).toEqual([413, 'image_too_large']);
    // Decoded it would take 190 MB.
    expect(process.memoryUsage.rss() - before).toBeLessThan(90e6);
  });
});

describe('a recording or video', () => {
  it.each(Object.entries(RECORDINGS))('of %s is kept as it is', async (type, bytes) => {
    const { status, body } = await stage.upload('chat-media', media(bytes, type));
    expect({ status, body }).toMatchObject({ status: 200, body: { type: type.split(';')[0] } });
    const answer = await stage.ask(body.url);
    expect(answer.headers.get('content-type')).toBe(type.split(';')[0]);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  });

  it('is what its content says, not what it is called', async () => {
    const { body } = await stage.upload('chat-media', media(RECORDINGS['audio/mpeg']!, 'video/mp4', 'a.png'));
    expect(body.type).toBe('audio/mpeg');
  });
});

describe('a file', () => {
  it.each([
    ['an SVG', Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'image/png'],
    ['a program', Buffer.from('MZ\x90\0'.padEnd(400, '\0'), 'latin1'), 'video/mp4'],
    ['text', Buffer.from('hello'), 'audio/mpeg'],
  ])('that is %s is refused, whatever it is said to be', async (_what, bytes, type) => {
    const { status, body } = await stage.upload('chat-media', media(bytes, type, 'a.webm'));
    expect([status, body.type]).toEqual([415, 'media_type_unsupported']);
  });

  it('that is no picture is refused as an avatar', async () => {
    const bytes = RECORDINGS['video/mp4']!;
    expect(await stage.upload('avatar', { field: 'avatar', bytes })).toMatchObject({ status: 415 });
  });

  it.each([
    ['avatar', 'avatar', PIXEL, 9_000, 'image/png'],
    ['chat-media', 'media', PIXEL, 20_000, 'image/png'],
    ['chat-media', 'media', RECORDINGS['audio/wav']!, 25_000, 'audio/wav'],
    ['chat-media', 'media', RECORDINGS['video/mp4']!, 26_000, 'video/mp4'],
  ])('for %s is taken up to the limit, and refused one byte above it (%#)', async (to, field, file, limit, type) => {
    expect(await stage.upload(to, { field, bytes: grown(file, limit), type })).toMatchObject({ status: 200 });
    const over = await stage.upload(to, { field, bytes: grown(file, limit + 1), type });
    expect(over).toMatchObject({ status: 413, body: { type: 'upload_too_large', detail: 'Media too large.' } });
  });

  it('has to be there, once, under its field, and not empty', async () => {
    const one = media(PIXEL);
    for (const files of [[], [one, one], [{ ...one, field: 'avatar' }], [media(Buffer.alloc(0))]]) {
      const { status, body } = await stage.upload('chat-media', ...files);
      expect([files.length, status, body.errors?.[0]?.field]).toEqual([files.length, 422, 'media']);
    }
    const beside = await stage.upload('chat-media', { ...one, field: 'other' }, one);
    expect(beside.status).toBe(200);
  });

  it('is nobody’s without the key', async () => {
    const answer = await fetch(`${stage.base}/media/x.png`);
    expect(answer.status).toBe(401);
  });
});

it('leaves no temporary file, and none of this was a fault of ours', () => {
  expect([stage.temporaryFiles, stage.faults]).toEqual([[], []]);
});
