import type { Profile } from '#services/profiles/accounts/profile.shape.ts';
import type { ProfileDocument } from '#services/profiles/profile.document.ts';

const epochMs = (value: unknown): number => (Number.isSafeInteger(value) ? (value as number) : 0);

/** What everybody may see of an account: these fields and no others. */
export function profileView(document: ProfileDocument): Profile {
  const { userId, username, avatarUrl, friends, createdAt, updatedAt } = document;
  return {
    userId: userId ?? '',
    username,
    avatarUrl: typeof avatarUrl === 'string' && avatarUrl !== '' ? avatarUrl : null,
    friends: Array.isArray(friends) ? friends.filter((one) => typeof one === 'string') : [],
    createdAt: epochMs(createdAt),
    updatedAt: epochMs(updatedAt),
  };
}
