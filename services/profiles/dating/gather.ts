interface Waiting<T, R> {
  items: T[];
  done: PromiseWithResolvers<R>;
}

/**
 * Runs one thing at a time for a key; what arrives for the key meanwhile goes together afterwards, in the order of its
 * arrival. Other keys are not waited for.
 */
export class Gather<T, R> {
  readonly #run: (key: string, items: readonly T[]) => Promise<R>;
  /** What waits, by the keys that something is under way for. */
  readonly #busy = new Map<string, Waiting<T, R> | null>();

  constructor(run: (key: string, items: readonly T[]) => Promise<R>) {
    this.#run = run;
  }

  /** The result of the run that `item` went with. Throws what that throws. */
  add(key: string, item: T): Promise<R> {
    const waiting = this.#busy.get(key);
    if (waiting === undefined) {
      this.#busy.set(key, null);
      return this.#go(key, [item]);
    }
    if (waiting) {
      waiting.items.push(item);
      return waiting.done.promise;
    }
    const next = { items: [item], done: Promise.withResolvers<R>() };
    this.#busy.set(key, next);
    return next.done.promise;
  }

  async #go(key: string, items: readonly T[]): Promise<R> {
    try {
      return await this.#run(key, items);
    } finally {
      const next = this.#busy.get(key);
      if (next) {
        this.#busy.set(key, null);
        next.done.resolve(this.#go(key, next.items));
      } else this.#busy.delete(key);
    }
  }
}
