import { webcrypto } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { Fault } from '#shared/errors.ts';

/** Who a token speaks for. A rename keeps old tokens valid, so the name may be an older one. */
export interface TokenUser {
  userId: string;
  username: string;
}

type Key = webcrypto.CryptoKey;

const ALGORITHM = 'HS256';

const keyOf = (secret: string): Promise<Key> =>
  webcrypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);

/**
 * The users' tokens: JWTs signed with HS256, with the claims `sub` (userId), `username`, `iat` and `exp`. The first of
 * the secrets signs, all of them verify: a new one is first added behind the old one, and put in front once everybody knows it.
 */
export class Tokens {
  readonly #secrets: () => Promise<readonly string[]>;
  #keys: Promise<Key[]> | undefined;

  /** `secrets` is asked when the first token comes, and again until it has answered. */
  constructor(secrets: () => Promise<readonly string[]>) {
    this.#secrets = secrets;
  }

  /** A token that holds for `ttlSeconds`. Throws what `secrets` throws. */
  async sign({ userId, username }: TokenUser, ttlSeconds: number): Promise<string> {
    const [key] = await this.#all();
    if (!key) throw new Error('there is no secret to sign tokens with');
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ username })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setSubject(userId)
      .setIssuedAt(now)
      .setExpirationTime(now + ttlSeconds)
      .sign(key);
  }

  /** Throws `token_invalid` for a token that is expired, of another signature or algorithm, or none at all; else what `secrets` throws. */
  async verify(token: string): Promise<TokenUser> {
    let cause: unknown;
    for (const key of await this.#all())
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: [ALGORITHM], requiredClaims: ['sub', 'exp'] });
        const { sub, username } = payload;
        if (!sub || typeof username !== 'string') throw new errors.JWTInvalid('sub or username is missing');
        return { userId: sub, username };
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
        cause = error;
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) break;
      }
    throw new Fault('token_invalid', undefined, { cause });
  }

  async #all(): Promise<Key[]> {
    this.#keys ??= this.#secrets().then((secrets) => Promise.all(secrets.map(keyOf)));
    try {
      return await this.#keys;
    } catch (error) {
      this.#keys = undefined;
      throw error;
    }
  }
}

/** The token of an `Authorization: Bearer` header; undefined for any other header and for none. */
export const bearerTokenIn = (authorization: string | undefined): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
