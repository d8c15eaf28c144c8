import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mediaTypeOf } from '#services/media/media-types.ts';
import { CloudinaryStore } from '#services/media/store/cloudinary-store.ts';
import type { PreparedMedia } from '#services/media/store/store.ts';
import { CloudinaryServer, type Mishap } from '#test/support/cloudinary.ts';

const cloudinary = new CloudinaryServer();
const root = mkdtempSync(join(tmpdir(), 'truematch-cloudinary-'));
const path = join(root, 'file');
const folders = { avatar: 'a/avatars', chat: 'a/chat', dating: 'a/dating' };
const left: string[] = [];
let store: CloudinaryStore;

beforeAll(async () => {
  writeFileSync(path, Buffer.alloc(100_000, 7));
  await cloudinary.start();
  process.env.CLOUDINARY_URL = cloudinary.url;
  store = await CloudinaryStore.open({
    account: cloudinary.account,
    folders,
    onLeft: (id) => left.push(id),
    silenceMs: 300,
    totalMs: 2_000,
    removeAfterMs: [0, 100],
  });
});
beforeEach(() => {
  cloudinary.reset();
  left.length = 0;
});
afterAll(async () => {
  await store.close();
  await cloudinary.stop();
  rmSync(root, { recursive: true });
});

const photo = (purpose: PreparedMedia['purpose'], more: Partial<PreparedMedia> = {}): PreparedMedia => ({
  path,
  type: mediaTypeOf('image/png')!,
  purpose,
  image: { width: 60, height: 40, animated: false },
  ...more,
});

const keep = (media: PreparedMedia) => store.keep(media);
const refused = (media: PreparedMedia) => expect(keep(media)).rejects.toMatchObject({ type: 'media_store_failed' });

/** Until nothing of a failed upload is kept, and it was asked twice to be removed. */
async function untilRemoved(): Promise<void> {
  for (let n = 0; n < 200 && (cloudinary.assets.size > 0 || cloudinary.removed.length < 2); n++) await sleep(20);
  expect(cloudinary.assets.size).toBe(0);
  expect(cloudinary.removed).toHaveLength(2);
}

describe('a file in Cloudinary', () => {
  it('is an avatar in its square, a dating photo in full with a square, and a picture with a smaller one', async () => {
    const base = 'https://res.cloudinary.example/demo/image/upload';
    const webp = { type: 'image/webp', width: 256, height: 256 };
    expect(await keep(photo('avatar', { contentId: 'c1' }))).toEqual({
      url: `${base}/a/avatars/c1.eager.webp`,
      thumbnail: `${base}/a/avatars/c1.eager.webp`,
      ...webp,
    });
    expect(await keep(photo('dating'))).toEqual({
      url: expect.stringMatching(/\/a\/dating\/[\w-]{36}$/),
      thumbnail: expect.stringMatching(/\.eager\.webp$/),
      type: 'image/png',
      width: 60,
      height: 40,
    });
    await keep(photo('chat'));
    const eager = [...cloudinary.assets.values()].map((one) => one.eager);
    expect(eager).toEqual(['c_fill,h_256,w_256/webp', 'c_fill,h_256,w_256/webp', 'c_limit,h_512,w_512/webp']);
    expect([...cloudinary.assets.values()].map(({ bytes }) => bytes)).toEqual([100_000, 100_000, 100_000]);
  });

  it('is a video to it when it is a recording', async () => {
    const { url, type, thumbnail } = await keep({ path, type: mediaTypeOf('audio/webm')!, purpose: 'chat' });
    expect({ type, thumbnail }).toEqual({ type: 'audio/webm', thumbnail: undefined });
    expect(url).toContain('/video/upload/a/chat/');
  });

  it.each<Mishap>(['cut', 'keep-cut', 'stall'])(
    'survives one network fault (%s), and is there once',
    async (mishap) => {
      cloudinary.mishaps = [mishap];
      await keep(photo('chat'));
      expect(cloudinary.uploads).toBe(2);
      expect(cloudinary.assets.size).toBe(1);
      expect(cloudinary.removed).toEqual([]);
    },
  );

  it.each<[string, Mishap[], number]>([
    ['refuses', ['refuse'], 1],
    ['cuts the connection twice', ['keep-cut', 'cut'], 2],
    ['stays silent twice', ['stall', 'stall'], 2],
    ['answers no JSON', ['no-json'], 1],
    ['answers about another file', ['another'], 1],
    ['answers without the square', ['no-eager'], 1],
    ['answers a URL without TLS', ['http-url'], 1],
  ])('is refused and removed when Cloudinary %s', async (_what, mishaps, tries) => {
    cloudinary.mishaps = [...mishaps];
    await refused(photo('avatar'));
    expect(cloudinary.uploads).toBe(tries);
    await untilRemoved();
  });

  it('is not removed when others may have the same, and a wrong secret is refused', async () => {
    cloudinary.mishaps = ['refuse'];
    await refused(photo('avatar', { contentId: 'shared' }));
    const account = { ...cloudinary.account, apiSecret: 'wrong' };
    const other = await CloudinaryStore.open({ account, folders, onLeft: (id) => left.push(id), removeAfterMs: [0] });
    await expect(other.keep(photo('chat'))).rejects.toMatchObject({ cause: { status: 401 } });
    for (let n = 0; n < 100 && left.length === 0; n++) await sleep(20);
    await other.close();
    expect(left).toEqual([expect.stringMatching(/^a\/chat\//)]);
    expect(cloudinary.removed).toEqual([]);
  });
});
