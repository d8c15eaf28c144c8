/**
 * Shares one look-up among all who wait. A request joins only a batch that has not been sent yet: one under way may be
 * older than a write acknowledged since.
 */
export class Coalescer<V> {
  readonly #load: (keys: string[]) => Promise<Map<string, V>>;
  readonly #limits: { batch: number; underWay: number };
  #waiting: Map<
    string,
    { resolve: (value: V | null) => void; reject: (error: unknown) => void; promise: Promise<V | null> }
  > = new Map();
  #underWay = 0;
  #scheduled = false;

  /** `load` answers the keys it knows; `batch` keys a call at most, `underWay` calls at once. */
  constructor(load: (keys: string[]) => Promise<Map<string, V>>, limits: { batch: number; underWay: number }) {
    this.#load = load;
    this.#limits = limits;
  }

  /** Keys that no call has taken yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The value of `key` as it is after this call; null when there is none. Throws what the load throws. */
  get(key: string): Promise<V | null> {
    let waiter = this.#waiting.get(key);
    if (!waiter) {
      waiter = Promise.withResolvers<V | null>();
      this.#waiting.set(key, waiter);
      this.#schedule();
    }
    return waiter.promise;
  }

  /** Waits for the end of the running turn, so that all requests read from the sockets in it share a batch. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= this.#limits.underWay || this.#waiting.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#send();
    });
  }

  async #send(): Promise<void> {
    const batch = [...this.#waiting].slice(0, this.#limits.batch);
    for (const [key] of batch) this.#waiting.delete(key);
    this.#underWay += 1;
    this.#schedule();
    try {
      const found = await this.#load(batch.map(([key]) => key));
      for (const [key, waiter] of batch) waiter.resolve(found.get(key) ?? null);
    } catch (error) {
      for (const [, waiter] of batch) waiter.reject(error);
    } finally {
      this.#underWay -= 1;
      this.#schedule();
    }
  }
}
