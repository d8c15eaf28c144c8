import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudinaryAccount } from '#shared/config.ts';
import { Fault } from '#shared/errors.ts';
import { CloudinaryCalls, isNetworkFault } from '#services/media/store/cloudinary-calls.ts';
import { type Asset, keptOf } from '#services/media/store/cloudinary-answer.ts';
import { type Purpose, THUMBNAILS } from '#services/media/purposes.ts';
import type { Kept, PreparedMedia, Store } from '#services/media/store/store.ts';

export interface CloudinaryOptions {
  account: CloudinaryAccount;
  folders: Readonly<Record<Purpose, string>>;
  /** Hears of a failed upload that could not be removed, which a person has to do. */
  onLeft: (publicId: string, error: unknown) => void;
  /** Silence that ends a try, in ms. */
  silenceMs?: number;
  /** All tries together, in ms. */
  totalMs?: number;
  /** When what a failed upload left is removed, in ms after each other. */
  removeAfterMs?: readonly number[];
}

/**
 * At once, and again when an upload that Cloudinary was still taking in at the first time is surely over: its own limit
 * for that is below a minute.
 */
const REMOVE_AFTER_MS = [0, 60_000];

/** Keeps files in a Cloudinary account, which makes the smaller pictures. */
export class CloudinaryStore implements Store {
  readonly name = 'cloudinary';
  readonly #options: Required<CloudinaryOptions>;
  readonly #calls: CloudinaryCalls;
  readonly #stopping = new AbortController();
  readonly #removals = new Set<Promise<void>>();

  private constructor(options: Required<CloudinaryOptions>, calls: CloudinaryCalls) {
    this.#options = options;
    this.#calls = calls;
  }

  static async open(given: CloudinaryOptions): Promise<CloudinaryStore> {
    const options = { silenceMs: 20_000, totalMs: 60_000, removeAfterMs: REMOVE_AFTER_MS, ...given };
    return new CloudinaryStore(options, await CloudinaryCalls.open(options.account, options.silenceMs));
  }

  async keep(media: PreparedMedia): Promise<Kept> {
    const asset: Asset = {
      folder: this.#options.folders[media.purpose],
      id: media.contentId ?? randomUUID(),
      resourceType: media.type.kind === 'image' ? 'image' : 'video',
      ...(media.image && { thumbnail: THUMBNAILS[media.purpose] }),
    };
    try {
      return keptOf(await this.#uploadTwice(asset, media.path), asset, media);
    } catch (error) {
      // A name that several uploads share may be in use by another of them.
      if (media.contentId === undefined) this.#removeLater(asset);
      throw new Fault('media_store_failed', undefined, { cause: error });
    }
  }

  /** A second try after a network fault has the same name: what came of the first is overwritten. */
  async #uploadTwice(asset: Asset, path: string): Promise<unknown> {
    const over = AbortSignal.any([AbortSignal.timeout(this.#options.totalMs), this.#stopping.signal]);
    try {
      return await this.#calls.upload(asset, createReadStream(path), over);
    } catch (error) {
      if (!isNetworkFault(error) || over.aborted) throw error;
      return this.#calls.upload(asset, createReadStream(path), over);
    }
  }

  #removeLater(asset: Asset): void {
    const removal = this.#remove(asset);
    this.#removals.add(removal);
    void removal.finally(() => this.#removals.delete(removal));
  }

  /** Never rejects. */
  async #remove(asset: Asset): Promise<void> {
    let problem: unknown;
    for (const ms of this.#options.removeAfterMs) {
      try {
        await sleep(ms, undefined, { signal: this.#stopping.signal, ref: false });
        await this.#calls.remove(asset);
        problem = undefined;
      } catch (error) {
        if (this.#stopping.signal.aborted) break;
        problem = error;
      }
    }
    if (problem !== undefined) this.#options.onLeft(`${asset.folder}/${asset.id}`, problem);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#removals);
  }
}
