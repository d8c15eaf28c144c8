import { MongoNetworkError } from 'mongodb';
import type { Collections } from '#shared/room-log/collections.ts';

/** Faults between a room log and its database, put there by wrapping its collections. */

export type CollectionName = 'log' | 'heads' | 'colours' | 'meta' | 'group' | 'dm';

/** Stands in for one call of a collection's method: `proceed` makes the real call, with other arguments where given. */
export type Interceptor = (proceed: (...args: unknown[]) => unknown, args: unknown[]) => unknown;

type Method = (...args: unknown[]) => unknown;

function wrapped<T extends object>(target: T, method: string, interceptor: Interceptor): T {
  return new Proxy(target, {
    get(_target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      const real = value.bind(target) as Method;
      if (name !== method) return real;
      return (...args: unknown[]) => interceptor((...changed) => real(...(changed.length > 0 ? changed : args)), args);
    },
  });
}

/** The collections with one method of one of them intercepted. Apply it again for more. */
export function intercept(
  collections: Collections,
  name: CollectionName,
  method: string,
  interceptor: Interceptor,
): Collections {
  const faulty: Collections = { ...collections, [name]: wrapped(collections[name] as object, method, interceptor) };
  faulty.messages = (room) => (room.startsWith('dm:') ? faulty.dm : faulty.group);
  return faulty;
}

/** What the driver throws when the connection is cut before the answer. */
export const cut = (): MongoNetworkError => new MongoNetworkError('the connection was cut');

/** A gate that calls wait at until it is opened, and that tells when somebody has come to it. */
export class Gate {
  readonly #open = Promise.withResolvers<void>();
  readonly #reached = Promise.withResolvers<void>();

  /** Settles when the first call waits here. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  open(): void {
    this.#open.resolve();
  }

  pass(): Promise<void> {
    this.#reached.resolve();
    return this.#open.promise;
  }
}

/** Fails the first `times` calls with what `error` makes, before or after the real call; lets all others through. */
export function failing(times: number, when: 'before' | 'after', error: () => Error = cut): Interceptor {
  let left = times;
  return async (proceed) => {
    if (left <= 0) return proceed();
    left -= 1;
    if (when === 'after') await proceed();
    throw error();
  };
}

/** A cursor's stand-in that fails when it is read. */
export function failingFind(times: number, error: () => Error = cut): Interceptor {
  let left = times;
  return (proceed) => {
    if (left <= 0) return proceed();
    left -= 1;
    throw error();
  };
}
