import { createHash } from 'node:crypto';
import type { Config } from '#shared/config.ts';
import { Fault } from '#shared/errors.ts';
import type { AttemptsRepository } from '#services/profiles/accounts/attempts.repository.ts';

/** What is counted: sign-ups and log-ins of an address, log-ins to a name. */
export type Attempt = 'signup:address' | 'login:address' | 'login:name';

type Limits = Pick<Config, 'authRateLimitWindow' | 'authRateLimitMax'>;

/** Names and addresses may be long, and are nobody's business. */
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/**
 * Counts an attempt by `who`, in windows that all instances share: they are counted in the database and begin at whole
 * multiples of their length. Throws `rate_limited` above the limit, with the seconds until the next window.
 */
export async function countAttempt(
  attempts: AttemptsRepository,
  { authRateLimitWindow: seconds, authRateLimitMax: limit }: Limits,
  attempt: Attempt,
  who: string,
  now: number,
): Promise<void> {
  const window = Math.floor(now / (seconds * 1_000));
  const end = (window + 1) * seconds * 1_000;
  const count = await attempts.count(`${attempt}:${seconds}:${window}:${digest(who)}`, new Date(end));
  if (count > limit) throw new Fault('rate_limited', undefined, { retryAfter: Math.ceil((end - now) / 1_000) });
}
