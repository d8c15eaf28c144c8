import { config } from '#shared/config.ts';
import { Tokens, type TokenUser } from '#shared/tokens.ts';
import { countAttempt, type Attempt } from '#services/profiles/accounts/attempt-limits.ts';
import { passwordDesk, type Passwords } from '#services/profiles/accounts/password-desk.ts';
import type { Repositories } from '#services/profiles/repositories.ts';

/** What signing up and logging in work with. */
export interface SignIn {
  repositories: Pick<Repositories, 'profiles' | 'datingVersion'>;
  passwords: Passwords;
  /** Counts an attempt. Throws `rate_limited` above the limit. */
  attempts: (attempt: Attempt, who: string) => Promise<void>;
  tokenOf: (user: TokenUser) => Promise<string>;
}

export function openSignIn(repositories: Repositories): SignIn {
  const { jwtSecret, authTokenTtl } = config();
  const tokens = new Tokens(async () =>
    jwtSecret.length > 0 ? jwtSecret : [await repositories.secrets.tokenSecret()],
  );
  return {
    repositories,
    passwords: passwordDesk(),
    attempts: (attempt, who) => countAttempt(repositories.attempts, config(), attempt, who, Date.now()),
    tokenOf: (user) => tokens.sign(user, authTokenTtl),
  };
}
