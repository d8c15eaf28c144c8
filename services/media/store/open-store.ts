import { cloudinaryAccount, type Config } from '#shared/config.ts';
import { CloudinaryStore } from '#services/media/store/cloudinary-store.ts';
import type { DiskFolder } from '#services/media/store/disk-folder.ts';
import { DiskStore } from '#services/media/store/disk-store.ts';
import type { Store } from '#services/media/store/store.ts';

/** The store that the configuration chooses. `onLeft` hears of files that could not be removed from Cloudinary. */
export async function openStore(
  config: Config,
  folder: DiskFolder,
  onLeft: (publicId: string, error: unknown) => void,
): Promise<Store> {
  const account = cloudinaryAccount(config);
  if (config.mediaStore === 'disk' || !account) return new DiskStore(folder);
  const folders = {
    avatar: config.cloudinaryAvatarFolder,
    chat: config.cloudinaryChatFolder,
    dating: config.cloudinaryDatingFolder,
  };
  return CloudinaryStore.open({ account, folders, onLeft });
}
