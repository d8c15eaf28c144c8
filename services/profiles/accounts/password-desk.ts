import { Slots } from '#shared/slots.ts';
import { hashPassword, isOutdated, verifyPassword } from '#services/profiles/accounts/passwords.ts';

/**
 * Passwords at once: half of libuv's four threads, which tokens, compression and name look-ups need too. As many wait as
 * are done within a call's time on two cores.
 */
const SLOTS = { atOnce: 2, waiting: 250 } as const;

/** What must be left of a call's time, in ms, to begin with a password. */
const LEAST_MS = 700;

/** The service's work on passwords, a few at a time. Throws `overloaded` when it cannot be begun before `deadline`. */
export interface Passwords {
  /** The hash of a new password. `before` runs when its turn comes; what it throws ends it. */
  hash(password: string, deadline: number, before: () => Promise<void>): Promise<string>;
  /** Whether the password is right; `replacement` is its hash as it would be made today, where that differs. */
  check(password: string, stored: string, deadline: number): Promise<{ right: boolean; replacement?: string }>;
}

export function passwordDesk(): Passwords {
  const slots = new Slots(SLOTS);
  const inTime = <T>(task: () => Promise<T>, deadline: number) => slots.run(task, deadline - LEAST_MS);
  return {
    hash: (password, deadline, before) =>
      inTime(async () => {
        await before();
        return hashPassword(password);
      }, deadline),
    check: (password, stored, deadline) =>
      inTime(async () => {
        const right = await verifyPassword(password, stored);
        return right && isOutdated(stored) ? { right, replacement: await hashPassword(password) } : { right };
      }, deadline),
  };
}
