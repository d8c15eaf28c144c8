/** Lets those who name the same key go one after the other; others pass them by. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs when all who came before with this key are done. Throws what `run` throws. */
  async take<T>(key: string, run: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const mine = before ? before.then(run, run) : run();
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}
