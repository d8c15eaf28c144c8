import { monotonic } from '#shared/deadline.ts';
import { useConfig } from '#shared/config.ts';
import { logIn } from '#services/profiles/accounts/log-in.ts';
import type { Passwords } from '#services/profiles/accounts/password-desk.ts';
import { openSignIn, type SignIn } from '#services/profiles/accounts/sign-in.ts';
import { signUp } from '#services/profiles/accounts/sign-up.ts';
import { openRepositories, type Repositories } from '#services/profiles/repositories.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

export const PASSWORD = 'Correct-Horse-1';

/** Passwords that cost nothing, where they are not what a test is about. */
export const cheapPasswords: Passwords = {
  async hash(password, _deadline, before) {
    await before();
    return `cheap:${password}`;
  },
  check: async (password, stored) => ({ right: stored === `cheap:${password}` }),
};

/** Accounts on a database of their own. */
export interface AccountsStage extends Repositories {
  database: TestDatabase;
  signIn: SignIn;
  signUp: (username: string, address?: string) => ReturnType<typeof signUp>;
  logIn: (username: string, password?: string, address?: string) => ReturnType<typeof logIn>;
}

const soon = (): number => monotonic() + 20_000;

/** Without `passwords` they are hashed for real. */
export async function accountsStage(env: Record<string, string> = {}, passwords?: Passwords): Promise<AccountsStage> {
  const database = await testDatabase();
  useConfig(database.config(env));
  const repositories = await openRepositories(database.db);
  const opened = openSignIn(repositories);
  const signIn = { ...opened, passwords: passwords ?? opened.passwords };
  return {
    ...repositories,
    database,
    signIn,
    signUp: (username, address = 'a') => signUp(signIn, { username, password: PASSWORD, address }, soon()),
    logIn: (username, password = PASSWORD, address = 'a') => logIn(signIn, { username, password, address }, soon()),
  };
}
