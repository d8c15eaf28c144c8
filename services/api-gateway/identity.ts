import { decodeJwt } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Config } from '#shared/config.ts';
import { Fault } from '#shared/errors.ts';
import { bearerTokenIn, type TokenUser } from '#shared/tokens.ts';
import { AccessKeys } from '#services/api-gateway/access-keys.ts';

/** Who makes a request, as far as its credentials say. */
export type Identity =
  | { readonly kind: 'nobody' }
  | ({ readonly kind: 'user' } & Readonly<TokenUser>)
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'admin' };

export type User = Extract<Identity, { kind: 'user' }>;

export const NOBODY: Identity = { kind: 'nobody' };
const ADMIN: Identity = { kind: 'admin' };

/** Tokens whose signature was checked; each is checked once in its time. */
const REMEMBERED = 10_000;

/** Ours have some 300 characters; longer ones are not remembered, so that what is remembered has a bound. */
const REMEMBERED_LENGTH = 1_000;

/** Finds who a request's `Authorization` header stands for: a user's token, a service key, or the administrator's. */
export class Identities {
  readonly #services: AccessKeys;
  readonly #admins: AccessKeys;
  readonly #verify: (token: string) => Promise<TokenUser>;
  readonly #users = new LRUCache<string, { user: User; expiresAt: number }>({ max: REMEMBERED });

  /** `verify` throws `token_invalid`. */
  constructor(
    { serviceKeys, adminToken }: Pick<Config, 'serviceKeys' | 'adminToken'>,
    verify: (token: string) => Promise<TokenUser>,
  ) {
    this.#services = new AccessKeys(serviceKeys);
    this.#admins = new AccessKeys(adminToken === '' ? [] : [{ name: 'admin', key: adminToken }]);
    this.#verify = verify;
  }

  /** As `find`, when it can be said at once; undefined for a token that was not checked yet. */
  known(authorization: string | undefined): Identity | undefined {
    if (authorization === undefined) return NOBODY;
    const remembered = this.#users.get(authorization);
    if (remembered && Date.now() < remembered.expiresAt) return remembered.user;
    const service = this.#services.nameOf(authorization);
    if (service !== undefined) return { kind: 'service', name: service };
    if (this.#admins.nameOf(authorization) !== undefined) return ADMIN;
    return bearerTokenIn(authorization) === undefined && !/^bearer\b/i.test(authorization) ? NOBODY : undefined;
  }

  /**
   * Who the header stands for. Throws `token_invalid` for a bearer token that is neither a key nor a valid token of a
   * user. Other credentials that nobody here knows (of a proxy, say) count as none.
   */
  async find(authorization: string | undefined): Promise<Identity> {
    const known = this.known(authorization);
    if (known) return known;
    const token = bearerTokenIn(authorization);
    if (token === undefined) throw new Fault('token_invalid');
    const { userId, username } = await this.#verify(token);
    const user: User = { kind: 'user', userId, username };
    if (authorization!.length <= REMEMBERED_LENGTH)
      this.#users.set(authorization!, { user, expiresAt: decodeJwt(token).exp! * 1_000 });
    return user;
  }

  /** The administrator, when the token is his. */
  adminBy(token: string): Identity | undefined {
    return this.#admins.nameOf(`Bearer ${token}`) === undefined ? undefined : ADMIN;
  }
}
