import { Fault, invalid } from '#shared/errors.ts';

/** Characters of a name, before it is trimmed. */
export const USERNAME = { minLength: 3, maxLength: 32 } as const;
export const PASSWORD = { minLength: 8, maxLength: 128 } as const;

/** Friends that are kept, and characters of each. */
export const FRIENDS = { count: 100, length: 2_000 } as const;

/** Names that one person may have had: each stays taken for good. */
export const NAMES = 50;

/** Clients show lines of these names as the system's own. */
const SYSTEM = /^_?system$/i;

/**
 * A new name, trimmed. Throws `username_required` for blanks, and 422 for what DM ids (`|`) and paths (`/`) cannot carry,
 * for control characters and for the names of the system.
 */
export function newUsername(value: string): string {
  const username = value.trim();
  if (username === '') throw new Fault('username_required');
  if (/[|/\p{Cc}]/u.test(username)) throw invalid('username', 'must not have | or / or control characters');
  if (SYSTEM.test(username)) throw invalid('username', 'is reserved');
  return username;
}

const KINDS = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/** Throws `password_weak` unless three of lower case, upper case, digits and symbols are in it. */
export function checkStrength(password: string): void {
  if (KINDS.filter((kind) => kind.test(password)).length < 3) throw new Fault('password_weak');
}

/** Friends as they are kept: trimmed, none twice, the first hundred. */
export const friendsOf = (sent: readonly string[]): string[] =>
  [...new Set(sent.map((one) => one.trim()).filter(Boolean))].slice(0, FRIENDS.count);

/** A new user id: `u_<epoch ms>_<8 hex>`. */
export const newUserId = (now: number): string => `u_${now}_${crypto.randomUUID().slice(0, 8)}`;
