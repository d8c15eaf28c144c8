import type { Config } from '#shared/config.ts';
import { monotonic } from '#shared/deadline.ts';
import { Fault } from '#shared/errors.ts';
import { canonicalDm, namesDm, participantsOf } from '#shared/room-id.ts';
import { type Identities, type Identity, NOBODY, type User } from '#services/api-gateway/identity.ts';
import { Names } from '#services/api-gateway/names.ts';
import type { RoomTarget } from '#services/api-gateway/room-target.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';
import { read, READ_DEADLINE_MS, type Caller } from '#services/api-gateway/upstream.ts';

/**
 * Who may use a route in strict mode:
 * - `public`: everybody;
 * - `user`: a user, for himself;
 * - `owner`: the user whose thing it is: `actor` names him, or `owned` says what to look at;
 * - `participant`: in a DM the two it is of; in a group everybody may read and every user may write;
 * - `service`: services alone;
 * - `admin`: who has the administrator's token.
 *
 * A service may do what users may, for any of them. In open mode who sends no credentials is believed and may do all of
 * this; a user's token binds its user in both modes.
 */
export type RouteAccess = 'public' | 'user' | 'owner' | 'participant' | 'service' | 'admin';

/**
 * What a 401 asks for (RFC 6750, 3). Basic is taken too, but not asked for: a browser would open its log-in window over
 * the page that made the call.
 */
export const challengeOf = ({ type }: Fault): string =>
  `Bearer realm="truematch"${type === 'token_invalid' ? ', error="invalid_token"' : ''}`;

/** Which parameters name who acts, and whether by userId, by name, or by either. */
export type Actor = Readonly<Record<string, 'userId' | 'username' | 'either'>>;

export type Rule = Pick<Route, 'access' | 'actor' | 'owned' | 'byUser' | 'method' | 'body'>;
type Params = Record<string, unknown>;

/** Whether requests are let in, by the mode and who makes them. */
export class Access {
  readonly #strict: boolean;
  readonly #adminIsSet: boolean;
  readonly #identities: Identities;
  readonly #names = new Names();

  constructor({ authMode, adminToken }: Pick<Config, 'authMode' | 'adminToken'>, identities: Identities) {
    this.#strict = authMode === 'strict';
    this.#adminIsSet = adminToken !== '';
    this.#identities = identities;
  }

  /**
   * Who makes a request. `adminToken`: that of the query, which administrators' routes take too.
   * Throws `token_invalid` for a bearer token that is none.
   */
  async identify(authorization: string | undefined, adminToken?: string | null): Promise<Identity> {
    const byQuery = adminToken ? this.#identities.adminBy(adminToken) : undefined;
    return byQuery ?? (await this.#identities.find(authorization));
  }

  /**
   * Before the body is read. Throws `unauthorized`, `forbidden`, or for who may not know whether the thing exists
   * `room_not_found` or `not_found`. `path`: the path parameters, decoded.
   */
  async admit(rule: Rule, path: Readonly<Record<string, string>>, identity: Identity, caller: Caller): Promise<void> {
    if (rule.access === 'admin') return this.#admitAdmin(identity);
    if (identity.kind === 'service' || identity.kind === 'admin') return;
    const dm = dmIn(path);
    if (identity.kind === 'nobody') {
      const reads = rule.access === 'participant' && rule.method === 'GET' && dm === undefined;
      if (this.#strict && rule.access !== 'public' && !reads) throw new Fault('unauthorized');
      return;
    }
    if (rule.access === 'service') throw new Fault('forbidden');
    if (dm !== undefined && !(await this.isNamed(identity, participantsOf(canonicalDm(dm)), caller)))
      throw new Fault('room_not_found');
  }

  #admitAdmin(identity: Identity): void {
    if (!this.#adminIsSet && this.#strict) throw new Fault('not_found');
    if (identity.kind === 'admin') return;
    if (identity.kind === 'user') throw new Fault('forbidden');
    if (!this.#adminIsSet) return;
    throw new Fault(identity.kind === 'service' ? 'forbidden' : 'unauthorized');
  }

  /**
   * The parameters as the identity may send them: a user is the one who acts, where nobody is named. Throws `forbidden`
   * when somebody else is.
   */
  async settle(rule: Rule, params: Params, identity: Identity, caller: Caller): Promise<Params> {
    if (identity.kind === 'nobody') {
      const named = Object.keys(rule.actor ?? {}).some((name) => !isBlank(valueAt(params, name)));
      if (this.#strict && named) throw new Fault('unauthorized');
      return params;
    }
    if (identity.kind !== 'user') return params;
    let settled = params;
    for (const [name, by] of Object.entries(rule.actor ?? {})) {
      const value = valueAt(params, name);
      if (!isBlank(value)) await this.#mustBe(identity, by, value, caller);
      else if (by !== 'either' && rule.body?.includes(rootOf(name))) settled = withValue(settled, name, identity[by]);
    }
    return rule.owned === 'group' || rule.byUser ? { ...settled, by: identity.userId } : settled;
  }

  async #mustBe(user: User, by: Actor[string], value: unknown, caller: Caller): Promise<void> {
    if (by !== 'username' && value === user.userId) return;
    if (by !== 'userId' && typeof value === 'string' && (await this.isNamed(user, [value], caller))) return;
    throw new Fault('forbidden');
  }

  /** Whether one of `names` is, or was, the user's. */
  isNamed(user: User, names: readonly string[], caller: Caller): Promise<boolean> {
    return this.#names.include(user, names, (userId) =>
      read(caller, 'profiles.names', { userId }, monotonic() + READ_DEADLINE_MS),
    );
  }

  /** Who reads a room that is known already, when it can be said at once that he may; null for the general way. */
  reader(target: RoomTarget, authorization: string | undefined): Identity | null {
    const identity = this.#identities.known(authorization);
    if (!identity || target.service !== 'dm') return identity ?? null;
    switch (identity.kind) {
      case 'nobody':
        return this.#strict ? null : NOBODY;
      case 'user':
        return this.#names.known(identity, participantsOf(target.room)) ? identity : null;
      default:
        return identity;
    }
  }
}

/** A DM in any form, also in one that will be refused as none: nobody is told which before he is let in. */
function dmIn({ room, dmId }: Readonly<Record<string, string>>): string | undefined {
  if (dmId !== undefined) return dmId;
  return room !== undefined && namesDm(room) ? room : undefined;
}

const isBlank = (value: unknown): boolean => value === undefined || value === null || value === '';

const rootOf = (name: string): string => name.split('.', 1)[0]!;

/** A parameter, or a field of one: `user.userId`. */
function valueAt(params: Params, name: string): unknown {
  const [root, field] = name.split('.') as [string, string | undefined];
  const value = params[root];
  if (field === undefined) return value;
  return typeof value === 'object' && value !== null ? (value as Params)[field] : undefined;
}

function withValue(params: Params, name: string, value: string): Params {
  const [root, field] = name.split('.') as [string, string | undefined];
  if (field === undefined) return { ...params, [root]: value };
  const object = params[root] ?? {};
  // What is no object is for the action to refuse.
  return typeof object === 'object' ? { ...params, [root]: { ...object, [field]: value } } : params;
}
