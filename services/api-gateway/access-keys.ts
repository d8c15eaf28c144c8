import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServiceKey } from '#shared/config.ts';

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The key of an `Authorization` header: the bearer token, or the password of Basic. Undefined for any other header. */
export function keyIn(authorization: string): string | undefined {
  const [, scheme, credentials] = /^(\S+) +(\S+) *$/.exec(authorization) ?? [];
  switch (scheme?.toLowerCase()) {
    case 'bearer':
      return credentials;
    case 'basic': {
      const pair = Buffer.from(credentials!, 'base64').toString();
      const colon = pair.indexOf(':');
      return colon < 0 ? undefined : pair.slice(colon + 1);
    }
    default:
      return undefined;
  }
}

/** The service keys, as digests: what is compared has one length, in a time that tells nothing of the keys. */
export class AccessKeys {
  readonly #keys: readonly { name: string; digest: Buffer }[];

  constructor(keys: readonly ServiceKey[]) {
    this.#keys = keys.map(({ name, key }) => ({ name, digest: digestOf(key) }));
  }

  /** The name of the key that a request carries; undefined without one, or with one that is not known. */
  nameOf(authorization: string | undefined): string | undefined {
    const key = authorization === undefined || this.#keys.length === 0 ? undefined : keyIn(authorization);
    if (key === undefined) return undefined;
    const digest = digestOf(key);
    return this.#keys.find((one) => timingSafeEqual(one.digest, digest))?.name;
  }
}
