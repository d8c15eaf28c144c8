import { Fault } from '#shared/errors.ts';
import type { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import type { DatingVersion } from '#services/profiles/dating/dating-version.ts';
import type { LikesRepository } from '#services/profiles/likes/likes.repository.ts';

interface Repositories {
  dating: DatingRepository;
  datingVersion: DatingVersion;
  likes: LikesRepository;
}

/** Takes a person off the dating lists, with all likes from and to him; the account stays. 404 for an unknown name. */
export async function removeDating({ dating, datingVersion, likes }: Repositories, username: string): Promise<void> {
  const found = await dating.find(username);
  if (!found) throw new Fault('dating_profile_not_found');
  await dating.clear(found._id, Date.now());
  // Likes of a name that he had stay under that name.
  const names = [...new Set([found.usernameLower, ...(found.names ?? [])])];
  await Promise.all([likes.deleteAllOf(names), datingVersion.changed({ ...found, hasDatingProfile: false })]);
}
