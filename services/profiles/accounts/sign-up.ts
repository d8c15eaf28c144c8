import type { Params, Result } from '#shared/contract.ts';
import { Fault } from '#shared/errors.ts';
import { checkStrength, newUserId, newUsername } from '#services/profiles/accounts/account-rules.ts';
import type { accountsContract } from '#services/profiles/accounts/accounts.contract.ts';
import { profileView } from '#services/profiles/accounts/profile-view.ts';
import type { SignIn } from '#services/profiles/accounts/sign-in.ts';
import { usernameKey } from '#services/profiles/profile.document.ts';

type SignUp = (typeof accountsContract)['signUp'];

/** Makes an account, unless `deadline` (monotonic) comes first. Throws `username_required`, `password_weak`, `username_taken`, `rate_limited`, `overloaded`. */
export async function signUp(
  { repositories: { profiles, datingVersion }, passwords, attempts, tokenOf }: SignIn,
  { username: sent, password, avatarUrl, address }: Params<SignUp>,
  deadline: number,
): Promise<Result<SignUp>> {
  const username = newUsername(sent);
  checkStrength(password);
  await attempts('signup:address', address);
  const usernameLower = usernameKey(username);
  // Asked when its turn comes, so that of many who want a name only a few pay for a hash in vain.
  const passwordHash = await passwords.hash(password, deadline, async () => {
    if (await profiles.isTaken(usernameLower)) throw new Fault('username_taken');
  });
  const now = Date.now();
  const made = await profiles.createAccount(
    {
      userId: newUserId(now),
      username,
      usernameLower,
      passwordHash,
      avatarUrl: avatarUrl?.trim() || null,
      friends: [],
    },
    now,
  );
  if (!made) throw new Fault('username_taken');
  await datingVersion.changedIfShown(made);
  const profile = profileView(made);
  return { token: await tokenOf(profile), profile };
}
