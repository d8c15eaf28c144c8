import { cloudinaryAccount, type Config } from '#shared/config.ts';
import type { Result } from '#shared/contract.ts';
import type { mediaContract } from '#services/media/media.contract.ts';
import type { Store } from '#services/media/store/store.ts';

/** The clients offer uploads when `configured` says so: here that does not need Cloudinary. */
export function statusOf(config: Config, { name }: Store): Result<(typeof mediaContract)['status']> {
  const account = name === 'cloudinary' ? cloudinaryAccount(config) : null;
  return {
    configured: true,
    usingUrl: account !== null && config.cloudinaryUrl !== null,
    cloudName: account?.cloudName ?? null,
    store: name,
  };
}
