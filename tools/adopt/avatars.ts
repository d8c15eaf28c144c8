import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { cloudinaryAccount, type Config, mediaFolder } from '#shared/config.ts';
import { isFault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { keepAvatar } from '#services/media/avatar.ts';
import { DiskFolder } from '#services/media/store/disk-folder.ts';
import { DiskStore } from '#services/media/store/disk-store.ts';
import { openStore } from '#services/media/store/open-store.ts';
import type { Store } from '#services/media/store/store.ts';
import { TemporaryFiles } from '#services/media/temporary-files.ts';
import type { Notes } from '#tools/adopt/notes.ts';
import type { AvatarOf } from '#tools/adopt/read-message.ts';

/** Addresses that are remembered: the same avatar comes with every message of its user. */
const REMEMBERED = 5_000;

interface Media {
  store: Store;
  temporary: TemporaryFiles;
  /** What addresses that begin with a slash begin with. */
  base: string;
  close(): Promise<void>;
}

async function configuredMedia(config: Config): Promise<Media> {
  const folder = new DiskFolder(mediaFolder(config));
  const temporary = await TemporaryFiles.open(join(folder.root, 'temporary'));
  const store = await openStore(config, folder, () => undefined);
  return { store, temporary, base: config.publicUrl, close: () => store.close() };
}

/** A store that is gone afterwards: a dry run finds out which avatars are images. */
async function passingMedia(config: Config): Promise<Media> {
  const root = await mkdtemp(join(tmpdir(), 'adopt-'));
  const temporary = await TemporaryFiles.open(join(root, 'temporary'));
  const close = () => rm(root, { recursive: true, force: true });
  return { store: new DiskStore(new DiskFolder(root)), temporary, base: config.publicUrl, close };
}

const hashOf = (dataUrl: string): string => createHash('sha256').update(dataUrl).digest('base64url');

/** Data URLs of avatars become files of the media store, each once; the notes know which file. */
export class AdoptedAvatars {
  readonly #notes: Notes;
  readonly #media: Media | null;
  readonly #known = new LRUCache<string, { url: string | null }>({ max: REMEMBERED });

  private constructor(notes: Notes, media: Media | null) {
    this.#notes = notes;
    this.#media = media;
  }

  /** Without PUBLIC_URL files of the disk have no address that could be stored: data URLs stay then. */
  static async open(config: Config, notes: Notes, dryRun: boolean): Promise<AdoptedAvatars> {
    const inCloud = config.mediaStore !== 'disk' && cloudinaryAccount(config);
    if (config.publicUrl === '' && !inCloud) return new AdoptedAvatars(notes, null);
    return new AdoptedAvatars(notes, await (dryRun ? passingMedia(config) : configuredMedia(config)));
  }

  /** What becomes of these data URLs. Throws when the store fails. */
  async of(dataUrls: readonly string[]): Promise<AvatarOf> {
    if (!this.#media || dataUrls.length === 0) return () => null;
    const urls = new Map<string, string | null>();
    for (const dataUrl of new Set(dataUrls)) urls.set(dataUrl, await this.#keep(this.#media, dataUrl));
    return (dataUrl) => urls.get(dataUrl) ?? null;
  }

  close = async (): Promise<void> => this.#media?.close();

  async #keep(media: Media, dataUrl: string): Promise<string | null> {
    const _id = hashOf(dataUrl);
    const known = this.#known.get(_id) ?? (await this.#notes.avatars.findOne({ _id }));
    const url = known ? known.url : await this.#make(media, _id, dataUrl);
    this.#known.set(_id, { url });
    return url;
  }

  async #make(media: Media, _id: string, dataUrl: string): Promise<string | null> {
    let url: string | null = null;
    try {
      if (dataUrl.length <= LIMITS.avatar) ({ url } = await keepAvatar(dataUrl, media));
    } catch (error) {
      // No image, or none that can be read. A store that fails would lose them all.
      if (!isFault(error) || error.type === 'media_store_failed') throw error;
    }
    if (url?.startsWith('/')) url = media.base + url;
    await this.#notes.avatars.updateOne({ _id }, { $set: { url } }, { upsert: true });
    return url;
  }
}
