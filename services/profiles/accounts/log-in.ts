import type { Params, Result } from '#shared/contract.ts';
import { Fault } from '#shared/errors.ts';
import type { accountsContract } from '#services/profiles/accounts/accounts.contract.ts';
import { profileView } from '#services/profiles/accounts/profile-view.ts';
import type { SignIn } from '#services/profiles/accounts/sign-in.ts';
import { usernameKey } from '#services/profiles/profile.document.ts';

type LogIn = (typeof accountsContract)['logIn'];

/**
 * A token for who knows the password; an outdated hash is replaced. Throws `credentials_required`, `user_not_found`,
 * `credentials_invalid`, `rate_limited`, `overloaded`.
 */
export async function logIn(
  { repositories: { profiles }, passwords, attempts, tokenOf }: SignIn,
  { username, password, address }: Params<LogIn>,
  deadline: number,
): Promise<Result<LogIn>> {
  if (username.trim() === '' || password.trim() === '') throw new Fault('credentials_required');
  await attempts('login:address', address);
  await attempts('login:name', usernameKey(username));
  const account = await profiles.findByUsername(username);
  if (!account?.userId) throw new Fault('user_not_found');
  const { passwordHash } = account;
  if (typeof passwordHash !== 'string') throw new Fault('credentials_invalid');
  const { right, replacement } = await passwords.check(password, passwordHash, deadline);
  if (!right) throw new Fault('credentials_invalid');
  if (replacement) await profiles.replacePasswordHash(account._id, passwordHash, replacement);
  const profile = profileView(account);
  return { token: await tokenOf(profile), profile };
}
