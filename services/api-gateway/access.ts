import type { Config } from '#shared/config.ts';
import { Fault } from '#shared/errors.ts';
import { namesDm } from '#shared/room-id.ts';
import { AccessKeys } from '#services/api-gateway/access-keys.ts';
import type { RoomTarget } from '#services/api-gateway/room-target.ts';

/**
 * Who may use a route in strict mode: `public`, everybody; `service`, who has a service key; `room`, everybody where its
 * room is a group's, and who has a service key where it is a DM. In open mode everybody may use all.
 */
export type RouteAccess = 'public' | 'service' | 'room';

/** `refused`: the request did carry credentials (RFC 6750, 3.1). */
const challenge = (refused: boolean): string => `Bearer realm="truematch"${refused ? ', error="invalid_token"' : ''}`;

/**
 * 401 with its challenge. Basic is taken too, but not asked for: a browser would open its log-in window over the page
 * that made the call.
 */
export class Unauthorized extends Fault {
  readonly challenge: string;

  constructor(refused: boolean) {
    super('unauthorized');
    this.challenge = challenge(refused);
  }
}

/** What a 401 asks for. */
export const challengeOf = (fault: Fault): string =>
  fault instanceof Unauthorized ? fault.challenge : challenge(fault.type === 'token_invalid');

/** Whether requests are let in, by the mode and the service keys of the configuration. */
export class Access {
  readonly #strict: boolean;
  readonly #keys: AccessKeys;

  constructor({ authMode, serviceKeys }: Pick<Config, 'authMode' | 'serviceKeys'>) {
    this.#strict = authMode === 'strict';
    this.#keys = new AccessKeys(serviceKeys);
  }

  /**
   * Answers the name of the request's service key, for the log; undefined when it has none that is known.
   * Throws Unauthorized in strict mode, unless the request may use the route. `path`: the path parameters, decoded.
   */
  admit(
    access: RouteAccess,
    path: Readonly<Record<string, string>>,
    authorization: string | undefined,
  ): string | undefined {
    const service = this.#keys.nameOf(authorization);
    if (this.#strict && service === undefined && isPrivate(access, path.room))
      throw new Unauthorized(authorization !== undefined);
    return service;
  }

  /** As `admit` for reading a room that is known already. */
  mayRead(target: RoomTarget, authorization: string | undefined): boolean {
    return !this.#strict || target.service !== 'dm' || this.#keys.nameOf(authorization) !== undefined;
  }
}

/** A DM in any form, also in one that will be refused as none: nobody is told which before he is let in. */
function isPrivate(access: RouteAccess, room: string | undefined): boolean {
  if (access !== 'room') return access === 'service';
  return room === undefined || namesDm(room);
}
