import type { Params } from '#shared/contract.ts';
import { Fault } from '#shared/errors.ts';
import { friendsOf, newUsername } from '#services/profiles/accounts/account-rules.ts';
import type { accountsContract } from '#services/profiles/accounts/accounts.contract.ts';
import { profileView } from '#services/profiles/accounts/profile-view.ts';
import type { Profile } from '#services/profiles/accounts/profile.shape.ts';
import type { Repositories } from '#services/profiles/repositories.ts';

/**
 * Changes the fields that are sent; null changes nothing, and an empty avatarUrl takes the avatar away.
 * Throws `token_invalid`, `username_required`, `username_taken`, `names_full`.
 */
export async function updateProfile(
  { profiles, datingVersion }: Pick<Repositories, 'profiles' | 'datingVersion'>,
  { userId, username, avatarUrl, friends }: Params<(typeof accountsContract)['updateMe']>,
): Promise<Profile> {
  const now = Date.now();
  const fields = {
    ...(typeof avatarUrl === 'string' && { avatarUrl: avatarUrl.trim() || null }),
    ...(friends && { friends: friendsOf(friends) }),
  };
  const name = typeof username === 'string' ? newUsername(username) : null;
  const changed =
    name === null ? await profiles.update(userId, fields, now) : await profiles.rename(userId, name, fields, now);
  if (!changed) throw new Fault('token_invalid');
  await datingVersion.changedIfShown(changed);
  return profileView(changed);
}
