import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { v2 } from 'cloudinary';
import type { CloudinaryAccount } from '#shared/config.ts';
import type { Asset } from '#services/media/store/cloudinary-answer.ts';

/** What Cloudinary's SDK says went wrong: `http_code` is the answer's status, or 499 for silence. */
export class CloudinaryError extends Error {
  override readonly name = 'CloudinaryError';
  readonly status: number | undefined;

  constructor(error: unknown) {
    const { message, http_code: status } = error as { message?: unknown; http_code?: unknown };
    super(typeof message === 'string' ? message : 'Cloudinary failed', { cause: error });
    this.status = typeof status === 'number' ? status : undefined;
  }
}

/** True when there was no answer: the connection broke, was never made, or went silent. */
export const isNetworkFault = (error: unknown): boolean =>
  error instanceof CloudinaryError && (error.status === undefined || error.status === 499);

/**
 * Cloudinary's SDK, each call on a connection of its own, so that a call that is given up leaves none behind. The SDK is
 * loaded only where it is used; it speaks HTTP, not HTTPS, when the variable CLOUDINARY_URL itself says so by its
 * `upload_prefix`, which is for tests.
 */
export class CloudinaryCalls {
  readonly #uploader: typeof v2.uploader;
  readonly #common: Record<string, unknown>;
  readonly #agent: () => HttpAgent;

  private constructor(uploader: typeof v2.uploader, account: CloudinaryAccount, silenceMs: number) {
    const { cloudName, apiKey, apiSecret, uploadPrefix } = account;
    this.#uploader = uploader;
    this.#agent = () => (uploadPrefix?.startsWith('http:') ? new HttpAgent() : new HttpsAgent());
    this.#common = {
      cloud_name: cloudName,
      api_key: apiKey,
      api_secret: apiSecret,
      timeout: silenceMs,
      // Errors come by callback; a rejection nobody waits for would end the process.
      disable_promises: true,
      ...(uploadPrefix !== undefined && { upload_prefix: uploadPrefix }),
    };
  }

  static async open(account: CloudinaryAccount, silenceMs: number): Promise<CloudinaryCalls> {
    const { v2: sdk } = await import('cloudinary');
    return new CloudinaryCalls(sdk.uploader, account, silenceMs);
  }

  /** Answers what Cloudinary answered, unchecked. Throws CloudinaryError; when `over` aborts, at once. */
  async upload({ folder, id, resourceType, thumbnail }: Asset, file: Readable, over: AbortSignal): Promise<unknown> {
    const eager = thumbnail && [
      {
        width: thumbnail.pixels,
        height: thumbnail.pixels,
        crop: thumbnail.fit === 'fill' ? 'fill' : 'limit',
        format: 'webp',
      },
    ];
    const answer = this.#withAgent(over, (agent, settle) => {
      const options = { ...this.#common, agent, folder, public_id: id, resource_type: resourceType, eager };
      const request = this.#uploader.upload_stream(options, settle);
      pipeline(file, request).catch((error: unknown) => settle(error));
    });
    // The SDK stops reading it when its connection breaks, and leaves it open.
    return answer.finally(() => file.destroy());
  }

  /** Removes a file; one that is not there is no error. Throws CloudinaryError. */
  async remove({ folder, id, resourceType }: Asset): Promise<void> {
    const never = new AbortController().signal;
    await this.#withAgent(never, (agent, settle) => {
      const options = { ...this.#common, agent, resource_type: resourceType, invalidate: true };
      void this.#uploader.destroy(`${folder}/${id}`, options, settle);
    });
  }

  async #withAgent(
    over: AbortSignal,
    start: (agent: HttpAgent, settle: (error?: unknown, result?: unknown) => void) => void,
  ): Promise<unknown> {
    const agent = this.#agent();
    try {
      return await new Promise<unknown>((resolve, reject) => {
        const giveUp = () => reject(new CloudinaryError({ message: 'It took too long', http_code: 499 }));
        over.addEventListener('abort', giveUp, { once: true });
        start(agent, (error, result) => {
          over.removeEventListener('abort', giveUp);
          if (error) reject(new CloudinaryError(error));
          else resolve(result);
        });
      });
    } finally {
      agent.destroy();
    }
  }
}
