import { Tokens } from '#shared/tokens.ts';
import { testMongoUri } from '#test/support/database.ts';
import { startProgram, type RunningProgram } from '#test/support/program.ts';
import { send, type Answer } from '#test/http/support/http.ts';
import { unique } from '#test/http/support/rooms.ts';

/** The secrets of a program whose callers are told apart; none of them may be in its log. */
export const SECRETS = {
  service: 'socket-key-0123456789-abcdef',
  admin: 'admin-token-0123456789-abcdef',
  jwt: 'signing-secret-0123456789-abcdefgh',
  password: 'Correct-Horse-Battery-1',
};

/** Somebody with an account. */
export interface Player {
  username: string;
  userId: string;
  authorization: string;
}

/** A program in one mode, with people who have accounts in it. */
export interface Cast {
  program: RunningProgram;
  ann: Player;
  ben: Player;
  cat: Player;
}

export const bearer = (token: string): string => `Bearer ${token}`;
export const SERVICE = `Basic ${Buffer.from(`socket:${SECRETS.service}`).toString('base64')}`;
export const ADMIN = bearer(SECRETS.admin);

async function signUp(base: string, name: string): Promise<Player> {
  const body = { username: unique(name), password: SECRETS.password };
  const answer = await send(base, { method: 'POST', path: '/api/auth/signup', body });
  const { token, profile } = answer.json<{ token: string; profile: { userId: string; username: string } }>();
  return { ...profile, authorization: bearer(token) };
}

/** A token of a player, as `seconds` and `secret` make it. */
export const tokenOf = async ({ userId, username }: Player, seconds: number, secret = SECRETS.jwt): Promise<string> =>
  bearer(await new Tokens(() => Promise.resolve([secret])).sign({ userId, username }, seconds));

/** Starts a program in this mode; `env` says more. */
export async function startCast(mode: 'open' | 'strict', env: Record<string, string> = {}): Promise<Cast> {
  const program = await startProgram({
    env: {
      MONGO_URI: testMongoUri(),
      MONGO_DB_NAME: unique(`test_${mode}`).replace('-', '_'),
      AUTH_MODE: mode,
      SERVICE_KEYS: `socket:${SECRETS.service}`,
      ADMIN_TOKEN: SECRETS.admin,
      JWT_SECRET: SECRETS.jwt,
      AUTH_RATE_LIMIT_MAX: '1000',
      LOG_FORMAT: 'json',
      LOG_LEVEL: 'debug',
      API_URL: 'http://127.0.0.1:9/api',
      ...env,
    },
  });
  const [ann, ben, cat] = (await Promise.all(['ann', 'ben', 'cat'].map((name) => signUp(program.url, name)))) as [
    Player,
    Player,
    Player,
  ];
  return { program, ann, ben, cat };
}

/** Stops the program; rejects unless it ends as it should. */
export async function stopCast({ program }: Cast): Promise<void> {
  program.kill('SIGTERM');
  const { code, signal } = await program.exited;
  if (code !== 0) throw new Error(`the program ended with ${code ?? signal}: ${program.output().stdout.slice(-2_000)}`);
}

/** Asks the program with these credentials, if any. */
export const ask = (
  { program }: Cast,
  authorization: string | undefined,
  request: { method: string; path: string; body?: unknown; headers?: Record<string, string> },
): Promise<Answer> =>
  send(program.url, { ...request, headers: { ...request.headers, ...(authorization && { authorization }) } });
