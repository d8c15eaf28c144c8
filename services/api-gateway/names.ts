import { LRUCache } from 'lru-cache';
import type { User } from '#services/api-gateway/identity.ts';

/** What names are compared by. */
const nameKey = (name: string): string => name.trim().toLowerCase();

/** Users whose names are remembered; some 100 bytes each. */
const REMEMBERED = 10_000;

/**
 * The names that a user has or had. A token tells the one of its time; after a rename the profile knows the others. A
 * name never passes to somebody else, so what was once found stays true.
 */
export class Names {
  readonly #known = new LRUCache<string, ReadonlySet<string>>({ max: REMEMBERED });

  /** Whether one of `names` is known here to be the user's. */
  known(user: User, names: readonly string[]): boolean {
    const more = this.#known.peek(user.userId);
    const own = nameKey(user.username);
    return names.map(nameKey).some((name) => name === own || more?.has(name) === true);
  }

  /** Whether one of `names` is the user's; `ask` answers all his names, and is called when that is not known here. */
  async include(user: User, names: readonly string[], ask: (userId: string) => Promise<string[]>): Promise<boolean> {
    if (this.known(user, names)) return true;
    this.#known.set(user.userId, new Set((await ask(user.userId)).map(nameKey)));
    return this.known(user, names);
  }
}
